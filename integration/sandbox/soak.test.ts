import { expect, test } from 'vitest';
import { effort } from '../harness/effort.ts';
import { Host } from '../harness/host.ts';
import { randomFrom, seed } from '../harness/seed.ts';
import { traces } from '../harness/traces.ts';
import { bridgeIdentity, makeBridge } from '../host-tap/network.ts';
import { prepareHost } from '../tcfilter/networks.ts';
import { chainedSlots, collectNothing, directSlots, genericSlots, type Slot, useSlot } from './slots.ts';

const { seconds } = effort;
const actors = 8;

test(`30 sandboxes come, are checked and go at random for ${seconds} s: nothing fails, nothing is left (DAN_SEED=${seed})`, {
  timeout: (seconds + 110) * 1000,
}, async () => {
  await using host = await Host.create();
  await makeBridge(host);
  await prepareHost(host, 'bridge');
  const sandboxes = Array.from({ length: 30 }, (_, at) => `sandbox-${at}`);
  for (const sandbox of sandboxes) await host.podNetns(sandbox);
  const kinds = [chainedSlots, directSlots, genericSlots] as const;
  const slots = sandboxes.flatMap((sandbox, at) => kinds[at % 3]!(sandbox));
  const before = await traces(host);
  const bridges = await Promise.all(['br0', 'cni0'].map((bridge) => bridgeIdentity(host, bridge)));

  const end = Date.now() + seconds * 1000;
  const random = randomFrom(seed);
  const busy = new Set<string>();
  const act = async (): Promise<void> => {
    while (Date.now() < end) {
      const free = slots.filter(({ turn }) => !busy.has(turn));
      const slot = free[Math.floor(random() * free.length)]!;
      const what = random() < 0.3 ? 'CHECK' : 'toggle';
      busy.add(slot.turn);
      if (random() < 0.02) await collectNothing(host, slots);
      await useSlot(host, slot, what);
      busy.delete(slot.turn);
      expect(repeated(slots)).toEqual([]);
    }
  };
  await Promise.all(Array.from({ length: actors }, act));

  // The slots of a turn one after the other, as during the run.
  for (const turn of [0, 1]) {
    const attached = slots.filter(({ result, ifname }) => result !== undefined && (ifname === 'eth0') === (turn === 1));
    await Promise.all(attached.map((slot) => useSlot(host, slot, 'toggle')));
  }
  expect(await traces(host)).toEqual(before);
  expect(await Promise.all(['br0', 'cni0'].map((bridge) => bridgeIdentity(host, bridge)))).toEqual(bridges);
});

/** Addresses that two attachments of one network have. */
function repeated(slots: readonly Slot[]): readonly string[] {
  const given = slots
    .filter(({ network }) => network !== 'fixed' && network !== 'socket')
    .flatMap(({ network, result }) =>
      // Both chains use the addresses of one network.
      ((result?.['ips'] ?? []) as { address: string }[]).map(({ address }) => `${network === 'leased'} ${address}`),
    );
  return given.filter((address, at) => given.indexOf(address) !== at);
}
