import type { Described } from './described.ts';

/** The lines of `{ attachments, unread }` as JSON.stringify prints it with two spaces, each made when it is its turn. */
export function* jsonLines(attachments: Iterable<Described>, unread: readonly string[]): Generator<string> {
  yield '{';
  let last: string | undefined;
  for (const one of attachments) {
    yield last === undefined ? '  "attachments": [' : `${last},`;
    last = indented('    ', one);
  }
  if (last === undefined) {
    yield '  "attachments": [],';
  } else {
    yield last;
    yield '  ],';
  }
  yield `  "unread": ${indented('  ', unread).trimStart()}`;
  yield '}';
}

function indented(indent: string, value: unknown): string {
  return indent + JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
}
