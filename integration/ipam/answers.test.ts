import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programs, repeated } from '../harness/plugin.ts';
import { IpamBench, sound } from './plugins.ts';

const inside = (more: string): string => sound.replace(/}$/, `,${more}}`);
const many = (count: number, text: string): string => text.repeat(count);

/** Outputs of an IPAM plugin at a successful ADD, and dan's message about each. */
const answers: readonly (readonly [what: string, answer: string, says: string])[] = [
  ['nothing', '', 'cannot be read'],
  ['white space', ' \n\t', 'cannot be read'],
  ['null', 'null', 'it is no JSON object'],
  ['false', 'false', 'it is no JSON object'],
  ['a number', '10.88', 'it is no JSON object'],
  ['a text', '"10.88.0.9/24"', 'it is no JSON object'],
  ['a list of an answer', `[${sound}]`, 'it is no JSON object'],
  ['two answers', `${sound}${sound}`, 'cannot be read'],
  ['an answer behind a word', `ready\n${sound}`, 'cannot be read'],
  ['an answer that is cut short', sound.slice(0, -3), 'cannot be read'],
  ['a key twice', inside('"ips":[]'), 'it has the key "ips" twice'],
  ['__proto__', inside('"__proto__":{"dns":{}}'), 'it has the key "__proto__"'],
  ['101 levels', inside(`"x":${many(100, '[')}${many(100, ']')}`), 'more than 100 levels'],
  [
    'DNS of 200,000 levels',
    inside(`"dns":{"search":${many(200_000, '[')}${many(200_000, ']')}}`),
    'more than 100 levels',
  ],
  [
    'DNS of 200,000 levels without an end',
    `${sound.slice(0, -1)},"dns":{"x":${many(200_000, '[')}`,
    'more than 100 levels',
  ],
  ['no address', '{"cniVersion":"1.1.0"}', 'gave no address'],
  ['an empty list', '{"ips":[]}', 'gave no address'],
  ['routes alone', '{"routes":[{"dst":"0.0.0.0/0"}]}', 'gave no address'],
  ['an error and success', '{"code":7,"msg":"no"}', 'gave no address'],
  ['one address', '{"ips":{"address":"10.88.0.9/24"}}', 'must be a list'],
  ['an address in the form of CNI 0.2.0', '{"ip4":{"ip":"10.88.0.9/24"}}', 'the form of CNI 0.2.0'],
  ['a loopback address', '{"ips":[{"address":"127.0.0.9/8"}]}', 'is a loopback address'],
  ['a gateway that is a number', '{"ips":[{"address":"10.88.0.9/24","gateway":7}]}', 'must be a string'],
  ['an address that is an object', '{"ips":[{"address":{"a":1}}]}', 'lacks an address'],
  ['DNS servers that are a number', inside('"dns":{"nameservers":[7]}'), 'must be a list of texts'],
];

describe.each(Object.entries(repeated))(
  'an IPAM plugin that succeeds fails the ADD by %s, and nothing is left, with',
  (_, program) => {
    let bench: IpamBench;

    beforeAll(async () => {
      bench = await IpamBench.create();
    });
    afterAll(async () => {
      await bench[Symbol.asyncDispose]();
    });

    test.each(answers)('%s', async (_what, answer, says) => {
      await bench.host.sh('mkdir -p /run/plugins');
      await bench.become('cat /run/plugins/answer');
      await bench.host.run('sh', ['-c', 'cat >/run/plugins/answer'], { input: answer });
      const { exitCode, json } = await bench.call('ADD', {}, program);
      expect([exitCode, json['code'], json['msg']]).toEqual([1, 111, expect.stringContaining(says)]);
      expect(await bench.left()).toEqual([]);
      expect((await bench.call('DEL', {}, program)).exitCode).toBe(0);
    });

    test.each([
      ['output', 'cat /dev/zero'],
      ['complaints', 'cat /dev/zero >&2'],
      ['output by a program that it started', '(yes; true) & wait'],
      ['output of a byte too many', 'head -c 1048577 /dev/zero'],
    ])('endless %s, at once', async (_what, script) => {
      await bench.become(script);
      const begin = Date.now();
      const { exitCode, json, stdout } = await bench.call('ADD', {}, program);
      expect([exitCode, json['code'], json['msg']]).toEqual([
        1,
        111,
        expect.stringContaining('more than 1048576 bytes'),
      ]);
      expect(stdout.length).toBeLessThan(20_000);
      expect(Date.now() - begin).toBeLessThan(20_000);
      expect(await bench.left()).toEqual([]);
      expect((await bench.call('DEL', {}, program)).exitCode).toBe(0);
    });
  },
);

test.each<[string, number, string]>([
  ['{"code":0,"msg":"x"}', 111, 'no CNI error'],
  ['{"code":-1,"msg":"x"}', 111, 'no CNI error'],
  ['{"code":1.5,"msg":"x"}', 111, 'no CNI error'],
  ['{"code":1e999,"msg":"x"}', 111, 'no CNI error'],
  ['{"code":"7","msg":"x"}', 111, 'no CNI error'],
  ['{"code":11,"msg":{"a":[1]}}', 11, 'it gave no message'],
  ['{"code":11}', 11, 'it gave no message'],
  ['{"code":11,"msg":null,"details":7}', 11, 'it gave no message'],
])('the error %s of an IPAM plugin is passed on as a sound one', async (error, code, says) => {
  await using bench = await IpamBench.create();
  await bench.become(`echo '${error}'; exit 1`);
  const { exitCode, json } = await bench.call('ADD');
  expect([exitCode, json['code'], json['msg']]).toEqual([1, code, expect.stringContaining(says)]);
  expect(typeof (json['details'] ?? '')).toBe('string');
  expect(await bench.left()).toEqual([]);
});

test('of a long error of an IPAM plugin, what is passed on has a few thousand characters', async () => {
  await using bench = await IpamBench.create();
  await bench.become(`long=$(head -c 100000 /dev/zero | tr '\\0' x)
    echo "{\\"code\\":11,\\"msg\\":\\"$long\\",\\"details\\":\\"$long\\"}"; exit 1`);
  const { json, stdout, stderr } = await bench.call('ADD', {}, programs.rtnetlink);
  expect(json).toMatchObject({ code: 11, msg: expect.stringContaining('(100000 characters)') });
  expect(stdout.length).toBeLessThan(10_000);
  expect(stderr.length).toBeLessThan(10_000);
});

test('an answer that comes byte by byte is read as any other', async () => {
  await using bench = await IpamBench.create();
  // dan reads as fast as the plugin writes, so most reads return a byte or two.
  await bench.become(`python3 -c 'import os, sys
for byte in sys.argv[1].encode() + b" " * 300000: os.write(1, bytes([byte]))' '${sound}'`);
  const { exitCode, stdout } = await bench.call('ADD', {}, programs.rtnetlink);
  expect(exitCode, stdout).toBe(0);
});
