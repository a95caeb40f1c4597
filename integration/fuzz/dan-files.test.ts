import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effort, hangingSeconds } from '../harness/effort.ts';
import { Host } from '../harness/host.ts';
import { type Call, callPlugin, executable } from '../harness/plugin.ts';
import { seed } from '../harness/seed.ts';
import { timed } from '../harness/stopwatch.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';
import type { Json } from './corpus.ts';
import { anyChanges, anyDamages, anyText, mutated, type Mutation } from './mutate.ts';
import { outcomeFaults } from './outcome.ts';

const { mutatedDanFiles: trials } = effort;
const workers = 2;

const path = '/run/kata-containers/dans/sandbox-1.json';
const netns = '/run/netns/pod';
const leased = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
const first = { config: leased, ifname: 'eth0' };
const second = { config: { ...leased, name: 'second', device: 'vhost-user', bridge: null }, ifname: 'eth1' };

/** The commands that read a DAN file. */
const commands = [
  ['list'],
  ['list', '--json'],
  ['show', 'sandbox-1'],
  ['show', 'sandbox-1', '--json'],
  ['kata-network', 'list-ifaces', 'sandbox-1'],
  ['kata-network', 'list-routes', 'sandbox-1'],
  ['validate', path],
];

const anyMutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: anyChanges },
  { weight: 3, arbitrary: anyDamages },
  {
    weight: 1,
    arbitrary: anyText(
      ...['', 'null', '[]', '{}', '{"devices":{}}', '{"devices":[]}', '{"devices":[7]}'],
      ...['['.repeat(2_000_000), '{"devices":'.repeat(100_000), `{"devices":[${'{},'.repeat(50_000)}{}]}`],
      `{"devices":[${'{},'.repeat(19_999)}{}]}`,
      `"${'x'.repeat(3_000_000)}"`,
      ' '.repeat(17 * 1024 * 1024),
    ),
  },
);

const anyTrial = fc.record({
  mutation: anyMutation,
  calls: fc.array(fc.constantFrom<Call['command']>('ADD', 'DEL', 'CHECK', 'GC'), { maxLength: 2 }),
});

test(`${trials} mutated DAN files: each reader ends as it should, and nothing is left (DAN_SEED=${seed})`, {
  timeout: 1_800_000,
}, async () => {
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      await using host = await Host.create();
      await makeBridge(host);
      await host.podNetns('pod');
      const property = fc.asyncProperty(anyTrial, (trial) => run(host, trial));
      // What a failed trial left would fail every smaller one.
      await fc.assert(property, { seed: seed + worker, numRuns: trials / workers, endOnFailure: true });
    }),
  );
});

async function run(
  host: Host,
  { mutation, calls }: { readonly mutation: Mutation; readonly calls: readonly Call['command'][] },
): Promise<void> {
  let result: Json = {};
  const call = async (command: Call['command'], network: typeof first | typeof second): Promise<number> => {
    const { config, ifname } = network;
    const more =
      command === 'CHECK' ? { prevResult: result } : command === 'GC' ? { 'cni.dev/valid-attachments': [] } : {};
    const called = callPlugin(host, { command, config: { ...config, ...more }, netns, ifname });
    const [answer, seconds] = await timed(`/proc/${host.pid}/root/proc`, called);
    expect(outcomeFaults(command, { ...answer, timedOut: seconds > hangingSeconds })).toEqual([]);
    if (command === 'ADD') result = answer.json;
    return answer.exitCode;
  };
  expect(await call('ADD', first)).toBe(0);
  const outside = `/proc/${host.pid}/root${path}`;
  writeFileSync(outside, mutated(readFileSync(outside), mutation));

  for (const words of commands) {
    const [{ exitCode, stdout, stderr }, seconds] = await timed(
      `/proc/${host.pid}/root/proc`,
      host.run(executable, words),
    );
    const ended = {
      words,
      exitCode,
      bug: /internal-error|bug in dan|should not/.test(stdout + stderr),
      late: seconds > hangingSeconds,
    };
    expect(ended).toEqual({ words, exitCode: exitCode === 0 ? 0 : 1, bug: false, late: false });
  }
  await call('ADD', second);
  for (const command of calls) await call(command, first);
  await call('DEL', second);
  await call('DEL', first);
  // An entry that no longer names its owner, or never was dan's, stays in the file. A DEL that failed because of it
  // succeeds without the file.
  await host.sh(`rm -f ${path}`);
  expect(await call('DEL', second)).toBe(0);
  expect(await call('DEL', first)).toBe(0);
  expect(await traces(host)).toEqual(['netns pod']);
}
