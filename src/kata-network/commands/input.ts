import { isObject, type JsonObject } from '../../json/object.ts';
import { messageOf, protocolError } from '../../protocol/error.ts';
import { jsonFault } from '../../json/strict.ts';
import type { Terminal } from '../../command/command.ts';
import { readDocumentText } from '../../command/document-file.ts';

/** Reads one JSON object from a file, or from stdin. Throws `undecodable-input`, `io-failure`. */
export function readObject(file: string | undefined, terminal: Terminal): JsonObject {
  const value = readJson(file, terminal);
  if (isObject(value)) return value;
  throw undecodable(file, 'it is not a JSON object');
}

/** Reads one JSON object or a list of them, which must not be empty. Throws `undecodable-input`, `io-failure`. */
export function readObjects(file: string | undefined, terminal: Terminal): readonly JsonObject[] {
  const list = [readJson(file, terminal)].flat();
  if (list.length > 0 && list.every(isObject)) return list;
  throw undecodable(file, 'it is neither a JSON object nor a list of them');
}

function readJson(file = '-', terminal: Terminal): unknown {
  const text = readDocumentText(file, terminal);
  if (text.trim() === '') throw undecodable(file, 'it is empty');
  const fault = jsonFault(text);
  if (fault !== undefined) throw undecodable(file, fault);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw undecodable(file, messageOf(error));
  }
}

function undecodable(file = '-', why: string): Error {
  const what = file === '-' ? 'what came on stdin' : file;
  return protocolError('undecodable-input', `${what} cannot be read: ${why}; it holds JSON as "--help" tells it`);
}
