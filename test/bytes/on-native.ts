import * as bytes from '#bytes';
import { system } from '#system';
import { readAll, writeAll } from '../../src/host/files.ts';

// Bundled for the executable's host. It reads calls of functions of `#bytes` as JSON, and prints each result.

/** A call: the name of a function, and its arguments, in which bytes are `{ "bytes": hexadecimal digits }`. */
type CallOfBytes = readonly [name: keyof typeof bytes, ...args: readonly unknown[]];

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return value;
  const digits = String(value.bytes);
  // The bytes of a message are part of a larger memory.
  const memory = new Uint8Array(digits.length / 2 + 2);
  for (let at = 0; at < digits.length / 2; at += 1) {
    memory[at + 1] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  }
  return memory.subarray(1, memory.length - 1);
}

function toJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Uint8Array) return { bytes: bytes.hex(value) };
  return typeof value === 'bigint' ? { bigint: String(value) } : (value ?? null);
}

function answerTo([name, ...args]: CallOfBytes): unknown {
  const given = args.map(fromJson);
  try {
    const result = (bytes[name] as (...all: unknown[]) => unknown)(...given);
    return { result: toJson(result), after: given.map(toJson) };
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error) };
  }
}

system.onStart(() => {
  const calls = JSON.parse(bytes.text(readAll(0, 64 * 1024 * 1024))) as readonly CallOfBytes[];
  writeAll(1, bytes.utf8(JSON.stringify(calls.map(answerTo))));
  system.exit(0);
});
