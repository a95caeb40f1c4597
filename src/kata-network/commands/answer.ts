import { type ExitCode, exitCodes, type Terminal } from '../../command/command.ts';
import { printable } from '../../command/printable.ts';
import { readDocumentText } from '../../command/document-file.ts';
import type { Log } from '../../host/log.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { readStrict } from '../../json/strict.ts';
import { protocolError } from '../../protocol/error.ts';

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

/**
 * Prints the result of work as one line of compact JSON; an empty list becomes `null`. If the work fails, prints
 * `instead` and rethrows the error, which the caller prints: scripts read stdout, people read stderr.
 */
export async function answer(
  { print }: Terminal,
  work: () => unknown,
  instead: () => unknown = () => null,
): Promise<ExitCode> {
  let value: unknown;
  try {
    value = await work();
  } catch (error) {
    print(`${JSON.stringify(instead())}\n`);
    throw error;
  }
  const isEmpty = Array.isArray(value) && value.length === 0;
  print(`${JSON.stringify(isEmpty ? null : value)}\n`);
  return exitCodes.fine;
}

/** Writes warnings and errors to stderr. */
export function logTo({ warn }: Pick<Terminal, 'warn'>): Log {
  return (level, message, fields = {}) => {
    if (level !== 'warn' && level !== 'error') return;
    const more = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
    warn(`dan: ${printable(message + more)}\n`);
  };
}

function readJson(file = '-', terminal: Terminal): unknown {
  const text = readDocumentText(file, terminal);
  if (text.trim() === '') throw undecodable(file, 'it is empty');
  const read = readStrict(text);
  if ('fault' in read) throw undecodable(file, read.fault);
  return read.value;
}

function undecodable(file = '-', why: string): Error {
  const what = file === '-' ? 'what came on stdin' : file;
  return protocolError('undecodable-input', `${what} cannot be read: ${why}; it holds JSON as "--help" tells it`);
}
