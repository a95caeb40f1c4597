import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkConfig } from '../host-tap/network.ts';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';

/** The limits of one call, whatever its input is: seconds of processor time, and KiB of memory. */
const most = { seconds: 1, memory: 64 * 1024 } as const;

const base = JSON.stringify(networkConfig());

/** A configuration with one additional key, as text. */
const withKey = (key: string, value: string): string => `${base.slice(0, -1)},"${key}":${value}}`;

const routes = Array.from({ length: 20_000 }, (_, i) => ({ dst: `10.${i >> 8}.${i & 255}.0/24`, gw: '10.88.0.1' }));
const long = 'x'.repeat(3 * 1024 * 1024);
const almostWords = `${'a'.repeat(100_000)}!`;

const inputs: readonly (readonly [title: string, input: string])[] = [
  ['100,000 arrays in each other', withKey('args', '['.repeat(100_000) + ']'.repeat(100_000))],
  ['100,000 objects in each other', withKey('args', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))],
  ['100,000 arrays that never end', '['.repeat(100_000)],
  ['20,000 routes', JSON.stringify({ ...networkConfig(), routes })],
  ['20,000 neighbors', JSON.stringify({ ...networkConfig(), neighbors: routes.map(() => ({ address: '10.88.0.9' })) })],
  ['80,000 unknown keys', `${base.slice(0, -1)},${Array.from({ length: 80_000 }, (_, at) => `"k${at}":1`).join(',')}}`],
  ['300,000 empty lists', withKey('args', `[${'[],'.repeat(300_000)}0]`)],
  ['150,000 empty objects', withKey('args', `[${'{},'.repeat(150_000)}0]`)],
  ['a string of 3 MB', withKey('logFile', JSON.stringify(long))],
  ['a string of 900 KB as a name', JSON.stringify({ ...networkConfig(), name: 'x'.repeat(900_000) })],
  ['a number of 900,000 digits', withKey('mtu', '1'.repeat(900_000))],
  ['a key of 900 KB', withKey('k'.repeat(900_000), '1')],
  ['900 KB of escapes', withKey('logFile', `"${'\\u0000'.repeat(150_000)}"`)],
  ['a word that almost fits, 100,000 letters long', JSON.stringify({ ...networkConfig(), bridge: almostWords })],
  ['an address of 100,000 colons', JSON.stringify({ ...networkConfig(), addresses: [':'.repeat(100_000)] })],
  ['an address of 100,000 dots', JSON.stringify({ ...networkConfig(), addresses: ['1.'.repeat(50_000)] })],
  ['a MAC of 100,000 digits', JSON.stringify({ ...networkConfig(), mac: '0'.repeat(100_000) })],
  ['a path of 100,000 dots and slashes', JSON.stringify({ ...networkConfig(), danConf: '/..'.repeat(50_000) })],
];

describe('a call with hostile input', () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.create();
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const variables = {
    PATH: '/usr/bin:/bin',
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'sandbox-1',
    CNI_NETNS: '/run/netns/none',
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/usr/lib/cni',
  };

  async function answerTo(
    input: string,
  ): Promise<{ exitCode: number; stdout: string; seconds: number; memory: number }> {
    const file = `${host.directory}/input`;
    const handle = await open(file, 'w');
    await handle.write(input);
    await handle.close();
    // time(1) prints its result in the last line of standard error.
    const script = '/usr/bin/time --format "%U %S %M" -- "$1" <"$2"';
    const env = variables;
    const { exitCode, stdout, stderr } = await host.run('sh', ['-c', script, 'sh', executable, file], { env });
    await rm(file);
    const [user = Number.NaN, system = Number.NaN, memory = Number.NaN] =
      stderr.trimEnd().split('\n').at(-1)?.split(' ').map(Number) ?? [];
    return { exitCode, stdout, seconds: user + system, memory };
  }

  it.each(inputs)('is answered with one error to %s, soon and in little memory', async (_, input) => {
    const { exitCode, stdout, seconds, memory } = await answerTo(input);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code: expect.any(Number), msg: expect.any(String) });
    expect(JSON.parse(stdout)).not.toMatchObject({ code: 999 });
    expect(seconds).toBeLessThan(most.seconds);
    expect(memory).toBeLessThan(most.memory);
  });

  it('is answered to 100 MB on standard input, of which it reads no more than it takes', async () => {
    const file = `${host.directory}/large`;
    await host.sh(`head -c 100000000 /dev/zero >${file}`);
    const stream = createReadStream(file);
    stream.on('error', () => undefined);
    const call = host.spawn(executable, [], { env: variables, extendEnv: false, reject: false, stdin: 'pipe' });
    // Writing to a program that has ended fails with EPIPE.
    call.stdin.on('error', () => undefined);
    stream.pipe(call.stdin);
    const { exitCode, stdout } = await call;
    stream.destroy();
    expect(exitCode).toBe(1);
    expect(JSON.parse(String(stdout))).toMatchObject({ code: 6 });
  });
});
