import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effort, hangingSeconds } from '../harness/effort.ts';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { seed } from '../harness/seed.ts';
import { timed } from '../harness/stopwatch.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';
import type { Json } from './corpus.ts';
import { anyChanges, anyDamages, anyText, mutated, type Mutation } from './mutate.ts';
import { outcomeFaults } from './outcome.ts';

const { mutatedRecords: trials } = effort;
const workers = 2;

const [ours, victims] = ['sandbox-1', 'victim'].map((sandbox) => {
  const hash = createHash('sha256').update(['kata-net', sandbox, 'eth0'].join('\0')).digest('hex');
  return `dan${hash.slice(0, 11)}`;
});

const prevResult = { interfaces: [{ name: 'eth0', sandbox: '/run/netns/linked' }] };
const chained = { cniVersion: '1.1.0', name: 'kata-net', type: 'dan', prevResult };
const leased = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });

/** Attachments whose records are mutated. */
const attachments = [
  { config: leased, netns: '/run/netns/pod' },
  { config: { ...leased, device: 'vhost-user', bridge: null, runtime: 'generic' }, netns: '/run/netns/pod' },
  { config: { ...chained, device: 'tcfilter' }, netns: '/run/netns/linked' },
  { config: { ...chained, device: 'tcfilter', runtime: 'generic' }, netns: '/run/netns/linked' },
  { config: { ...chained, device: 'macvtap', runtime: 'generic' }, netns: '/run/netns/linked' },
] as const;

const hostile = [
  ...['/run/foreign/socket', '/run/foreign/../foreign/node', '/run/netns/other', '../../run/foreign/program', 'theirs'],
  ...['eth0', 'br0', 'dan-0123456789012345678901234567890123456789', '02:00:00:00:00:99', 'host', 'switch'],
];

/** What becomes of a record's text: possibly the text of another sandbox. */
type RecordMutation = Mutation | { readonly is: 'of-another'; readonly sandbox: string };

const anyMutation: fc.Arbitrary<RecordMutation> = fc.oneof(
  { weight: 4, arbitrary: anyChanges },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('changed'),
      changes: fc.array(
        fc.record({ kind: fc.constant('replace'), at: fc.nat({ max: 999 }), value: fc.constantFrom(...hostile) }),
        { minLength: 1, maxLength: 2 },
      ),
    }),
  },
  { weight: 2, arbitrary: anyDamages },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constant('of-another'), sandbox: fc.constantFrom('victim', '../victim', '') }),
  },
  {
    weight: 1,
    arbitrary: anyText(
      ...['', 'null', '[]', '{}', '{"format":1}', '['.repeat(2_000_000), '{"a":'.repeat(100_000)],
      `"${'x'.repeat(3_000_000)}"`,
    ),
  },
);

const anyTrial = fc.record({
  attachment: fc.constantFrom(...attachments),
  mutation: anyMutation,
  command: fc.constantFrom<Call['command']>('DEL', 'DEL', 'DEL', 'CHECK', 'ADD', 'GC'),
});

test(`${trials} mutated records: calls end as CNI wants it, and nothing of others is touched (DAN_SEED=${seed})`, {
  timeout: 3_600_000,
}, async () => {
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      await using host = await prepare();
      const property = fc.asyncProperty(anyTrial, async (trial) => {
        try {
          await run(host, trial);
        } finally {
          await reset(host, trial.attachment);
        }
      });
      await fc.assert(property, { seed: seed + worker, numRuns: trials / workers });
    }),
  );
});

async function prepare(): Promise<Host> {
  const host = await Host.create();
  await makeBridge(host);
  for (const pod of ['pod', 'other', 'victim']) await host.podNetns(pod);
  await host.sh(`
    mkdir /run/foreign
    mknod /run/foreign/node c 1 3
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/foreign/socket")'
    printf '#!/bin/sh\\ntouch /run/sprung\\n' >/run/foreign/program
    chmod 755 /run/foreign/program
    ip tuntap add dev theirs mode tap
    ip link property add dev theirs altname dan-0123456789012345678901234567890123456789
    ip -n other link add eth0 type veth peer name peer0
    ip -n other addr add 192.168.7.7/24 dev eth0
    ip -n other link set eth0 up`);
  const answer = await callPlugin(host, {
    command: 'ADD',
    config: leased,
    sandbox: 'victim',
    netns: '/run/netns/victim',
  });
  expect(answer.exitCode, answer.stdout).toBe(0);
  return host;
}

// A mutated but valid record may have left something behind.
async function reset(host: Host, { config, netns }: (typeof attachments)[number]): Promise<void> {
  await host.sh(`rm -rf /run/dan/attachments/${ours}.json`);
  await callPlugin(host, { command: 'DEL', config, netns });
  await host.sh(`
    rm -rf /run/dan/vhost-user /run/kata-containers/dans/sandbox-1.json
    for link in ${ours} ${ours}h; do ip link del $link 2>/dev/null || true; done`);
}

/** What no call for the sandbox may change. */
function ofOthers(host: Host): Promise<string> {
  return host.sh(`
    ls -l --time-style=+ /run/foreign; ls -d /run/sprung 2>/dev/null || true
    ip -d link show theirs; ip -n other addr; ip -n other route
    cat /run/dan/attachments/${victims}.json /run/kata-containers/dans/victim.json
    grep -l victim /var/lib/cni/networks/kata-net/*; ip -d link show ${victims}`);
}

async function run(
  host: Host,
  {
    attachment: { config, netns },
    mutation,
    command,
  }: { attachment: (typeof attachments)[number]; mutation: RecordMutation; command: Call['command'] },
): Promise<void> {
  await host.sh(`
    ip netns del linked 2>/dev/null || true
    ip netns add linked
    ip -n linked link add eth0 type veth peer name peer0
    ip -n linked addr add 10.7.0.2/24 dev eth0
    ip -n linked link set eth0 up`);
  const others = await ofOthers(host);
  const call = async (asked: Call['command'], more: Json = {}): Promise<Answer> => {
    const called = callPlugin(host, { command: asked, config: { ...config, ...more }, netns });
    const [answer, seconds] = await timed(`/proc/${host.pid}/root/proc`, called);
    expect(outcomeFaults(asked, { ...answer, timedOut: seconds > hangingSeconds })).toEqual([]);
    expect(await ofOthers(host)).toBe(others);
    return answer;
  };
  const added = await call('ADD');
  expect(added.exitCode, added.stdout).toBe(0);
  const outside = `/proc/${host.pid}/root/run/dan/attachments/${ours}.json`;
  writeFileSync(outside, become(readFileSync(outside), mutation));

  const valid = [{ containerID: 'victim', ifname: 'eth0' }];
  const more =
    command === 'GC' ? { 'cni.dev/valid-attachments': valid } : command === 'CHECK' ? { prevResult: added.json } : {};
  const first = await call(command, more);
  const last = command === 'DEL' ? first : await call('DEL');
  // A record that dan did not write is no reason for anything with a derived name to stay.
  if (last.stderr.includes('the record of the attachment ')) {
    expect(last.exitCode, last.stdout).toBe(0);
    const left = await host.sh(`
      ls /run/dan/attachments /run/kata-containers/dans /run/dan/macvtap 2>/dev/null || true
      ip -br link | grep dan || true`);
    expect(left).not.toContain(ours);
    expect(left).not.toContain('sandbox-1.json');
  }
}

function become(text: Uint8Array, mutation: RecordMutation): Uint8Array | string {
  if (mutation.is !== 'of-another') return mutated(text, mutation);
  return new TextDecoder().decode(text).replaceAll('sandbox-1', mutation.sandbox);
}
