import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { onFile } from '../host/files.ts';
import { inputLimit } from '../protocol/input.ts';
import { protocolError } from '../protocol/error.ts';
import type { Terminal } from './command.ts';

/** Reads the document that is to be looked at; `-` is stdin. Throws `io-failure`, `undecodable-input`. */
export function readDocumentText(file: string, { directory, readInput }: Terminal): string {
  const path = resolve(directory, file);
  const bytes = file === '-' ? readInput() : onFile(`${path} cannot be read`, () => readFileSync(path));
  const what = file === '-' ? 'what came on stdin' : path;
  if (bytes.length > inputLimit) {
    throw protocolError(
      'undecodable-input',
      `${what} has more than ${inputLimit} bytes: neither a configuration nor a DAN file`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw protocolError('undecodable-input', `${what} is not UTF-8, which all JSON is`);
  }
}
