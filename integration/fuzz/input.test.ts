import { afterAll, beforeAll, expect, test } from 'vitest';
import { corpus } from './corpus.ts';
import { FuzzedNode } from './node.ts';
import { outcomeFaults } from './outcome.ts';

const { config, netns } = corpus.find(({ from }) => from === 'host-tap.conflist')!;
const text = JSON.stringify(config);
const inside = (more: string): string => text.replace(/}$/, `,${more}}`);
const bytes = (...parts: (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? Buffer.from(part) : part)]));
const mebibyte = 1024 * 1024;
const variables = { CNI_CONTAINERID: 'sandbox-1', CNI_NETNS: netns, CNI_IFNAME: 'eth0', CNI_PATH: '/usr/lib/cni' };

let node: FuzzedNode;

beforeAll(async () => {
  node = await FuzzedNode.create();
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

test.each<[string, string | Uint8Array, number]>([
  ['nothing', '', 6],
  ['white space', ' \n', 6],
  ['a byte above 1 MiB', text.padEnd(mebibyte + 1), 6],
  ['8 MiB', text.padEnd(8 * mebibyte), 6],
  ['10,000 lists in each other', inside(`"dns":${'['.repeat(10_000)}${']'.repeat(10_000)}`), 6],
  ['10,000 objects in each other', inside(`"dns":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), 6],
  ['500,000 lists that never end', '['.repeat(500_000), 6],
  ['a byte that is no UTF-8', bytes(inside('"dns":"').slice(0, -1), [0xff], '"}'), 6],
  ['a NUL in two bytes', bytes(inside('"dns":"').slice(0, -1), [0xc0, 0x80], '"}'), 6],
  ['half of a surrogate pair', bytes(inside('"dns":"').slice(0, -1), [0xed, 0xa0, 0x80], '"}'), 6],
  ['a key twice', inside('"bridge":"br1"'), 6],
  ['a key twice, once escaped', inside('"\\u0062ridge":"br1"'), 6],
  ['a key twice, deep inside', inside('"dns":{"domain":"a","domain":"b"}'), 6],
  ['__proto__', inside('"__proto__":{"bridge":"br1"}'), 6],
  ['__proto__, escaped', inside('"__\\u0070roto__":{}'), 6],
  ['constructor', inside('"constructor":{"prototype":{"bridge":"br1"}}'), 7],
  ['1e999', inside('"mtu":1e999'), 6],
  ['-1e999', inside('"mtu":-1e999'), 6],
  ['a number of 100,000 digits', inside(`"mtu":${'9'.repeat(100_000)}`), 6],
  ['a number with 100,000 decimals', inside(`"mtu":0.${'0'.repeat(99_999)}1`), 7],
  ['NaN', inside('"mtu":NaN'), 6],
  ['a comment', `${text} // here`, 6],
  ['a comma too many', inside(''), 6],
  ['two documents', `${text}${text}`, 6],
  ['a list', `[${text}]`, 6],
  ['null', 'null', 6],
  ['a key of 900,000 bytes', inside(`"${'k'.repeat(900_000)}":1`), 7],
  ['80,000 unknown keys', inside(Array.from({ length: 80_000 }, (_, at) => `"k${at}":1`).join(',')), 7],
])('stdin with %s is refused', async (_what, input, code) => {
  const raw = typeof input === 'string' ? bytes(input) : input;
  const ended = await node.call({ input: raw, variables: { ...variables, CNI_COMMAND: 'ADD' } });
  expect(outcomeFaults('ADD', ended)).toEqual([]);
  expect(ended.exitCode).toBe(1);
  expect(JSON.parse(ended.stdout)).toMatchObject({ code });
  expect(node.leftovers(undefined)).toEqual([]);
  const status = await node.call({ input: raw, variables: { ...variables, CNI_COMMAND: 'STATUS' } });
  expect(outcomeFaults('STATUS', status)).toEqual([]);
  expect(JSON.parse(status.stdout)).toMatchObject({ code });
});

test('1 MiB to the byte, a mark of the byte order and 100 levels are still read', async () => {
  const deep = inside(`"cni.dev/x":${'['.repeat(99)}${']'.repeat(99)}`);
  for (const input of [text.padEnd(mebibyte), `\ufeff${text}`, deep]) {
    for (const command of ['ADD', 'DEL']) {
      const ended = await node.call({ input: bytes(input), variables: { ...variables, CNI_COMMAND: command } });
      expect(ended.exitCode, ended.stdout).toBe(0);
    }
    expect(node.leftovers(config)).toEqual([]);
  }
});
