import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effort } from '../harness/effort.ts';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin } from '../harness/plugin.ts';
import { seed } from '../harness/seed.ts';
import { makeBridge } from '../host-tap/network.ts';
import { anyHistory } from './actions.ts';
import { type Action, type Attached, expected } from './model.ts';
import { callFor, networks, sandboxes } from './networks.ts';
import { shouldShow, shownBy } from './observed.ts';

const { histories } = effort;
const workers = 4;

test(`${histories} histories: model and node agree after every call (DAN_SEED=${seed})`, {
  timeout: 300_000,
}, async () => {
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      await using host = await Host.create();
      await makeBridge(host);
      for (const sandbox of sandboxes) await host.podNetns(sandbox);
      const property = fc.asyncProperty(anyHistory, async (history) => {
        try {
          await relive(host, history);
        } finally {
          await forget(host);
        }
      });
      await fc.assert(property, { seed: seed + worker, numRuns: histories / workers });
    }),
  );
});

async function relive(host: Host, history: readonly Action[]): Promise<void> {
  let attached: Attached = [];
  for (const action of history) {
    const should = expected(action, attached);
    const { exitCode, json, stdout } = await perform(host, action);
    expect(exitCode === 0 ? 0 : json['code'], `${JSON.stringify(action)}: ${stdout}`).toBe(should.code);
    attached = should.attached;
    expect(shownBy(host), JSON.stringify(action)).toEqual(shouldShow(attached));
  }
}

// A configuration that no ADD accepts: the record says what to remove.
const faulty = { bridge: 7, ipam: undefined, addresses: ['x'], mtux: 1 };

function perform(host: Host, action: Action): Promise<Answer> {
  switch (action.kind) {
    case 'ADD':
      return callPlugin(host, callFor('ADD', action.attachment));
    case 'DEL':
      return callPlugin(host, callFor('DEL', action.attachment, action.configuration === 'faulty' ? faulty : {}));
    case 'CHECK':
      return callPlugin(host, callFor('CHECK', action.attachment, { prevResult }));
    case 'GC':
      return callPlugin(host, { command: 'GC', config: { ...networks[action.network], ...inUse(action.valid) } });
    default:
      return action satisfies never;
  }
}

// The node is compared with what ADD recorded, not with the runtime's result.
const prevResult = { cniVersion: '1.1.0', interfaces: [], ips: [] };

function inUse(valid: (Action & { kind: 'GC' })['valid']): Readonly<Record<string, unknown>> {
  if (valid === 'absent') return {};
  const listed = valid?.map(({ sandbox, ifname }) => ({ containerID: sandbox, ifname })) ?? null;
  return { 'cni.dev/valid-attachments': listed };
}

// Cleans up without dan, so that a failed history does not affect the shorter ones that are tried next.
async function forget(host: Host): Promise<void> {
  if (isDeepStrictEqual(shownBy(host), shouldShow([]))) return;
  await host.sh(`
    for link in /sys/class/net/dan*; do [ ! -e $link ] || ip link del \${link##*/}; done
    rm -rf /run/kata-containers/dans /run/dan/attachments /var/lib/cni`);
}
