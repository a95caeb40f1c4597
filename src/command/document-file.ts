import { strictText } from '#bytes';
import { onFile, readBytes } from '../host/files.ts';
import { withoutMark } from '../json/object.ts';
import { inputLimit } from '../protocol/input.ts';
import { protocolError } from '../protocol/error.ts';
import type { Terminal } from './command.ts';
import { givenPath } from './given-path.ts';

/** Reads the document that a command examines; `-` is stdin. Throws `io-failure`, `undecodable-input`. */
export function readDocumentText(file: string, terminal: Terminal): string {
  const [what, bytes] =
    file === '-' ? ['what came on stdin', terminal.readInput()] : readFile(givenPath(file, terminal));
  if (bytes.length > inputLimit) {
    throw protocolError(
      'undecodable-input',
      `${what} has more than ${inputLimit} bytes, and dan looks at no longer configuration or DAN file`,
    );
  }
  const text = strictText(bytes);
  if (text === undefined) throw protocolError('undecodable-input', `${what} is not UTF-8, which all JSON is`);
  return withoutMark(text);
}

function readFile(path: string): readonly [path: string, bytes: Uint8Array] {
  return [path, onFile(`${path} cannot be read`, () => readBytes(path, inputLimit + 1))];
}
