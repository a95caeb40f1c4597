import fc from 'fast-check';
import { expect, it } from 'vitest';

import { guestFaults } from '../../src/dan/guest-faults.ts';
import { readRuntimeRs } from '../../src/reader/runtime-rs.ts';
import type { TakenDevice } from '../../src/reader/verdict.ts';
import { names, podOf } from '../kinds/node.ts';
import { sameNetwork } from '../model/address-bits.ts';
import { reasonsText } from '../reader/reasons.ts';
import { recordedAnswers } from '../reader/recorded-answers.ts';
import { fileFor } from './attaching.ts';
import { type ExpectedRoute, type RawPod, rawPod } from './pods.ts';

/** The device that Kata reads from the file for a pod; undefined if dan refuses the pod. */
function deviceFor({ eth0, routes, neighbors }: RawPod, changes: object = {}): TakenDevice | undefined {
  const network = { device: 'tcfilter', master: 'eth0', ...changes };
  const text = fileFor(network, 1, { pod: podOf({ links: [eth0], routes, neighbors }) });
  if (text === undefined) return undefined;
  const reading = readRuntimeRs(text, 1);
  if (!reading.accepted) throw new Error(reasonsText(reading.refusals));
  expect(reading.netns).toBeNull();
  expect(reading.devices).toHaveLength(1);
  return reading.devices[0];
}

function isOnLink(gateway: string, addresses: readonly string[]): boolean {
  if (gateway.startsWith('fe80:')) return true;
  return addresses.some((text) => {
    const [ip = '', prefix] = text.split('/');
    const length = ip.includes(':') ? 128 : 32;
    return ip.includes(':') === gateway.includes(':') && sameNetwork(ip, gateway, Number(prefix), length);
  });
}

/**
 * Whether an IPv6 gateway is behind that of another route, which may come first: then it gets the on-link mark anyway.
 */
function mayBeBehind(gateway: string, routes: readonly ExpectedRoute[]): boolean {
  const isWithin = ({ dst, gw }: ExpectedRoute): boolean => {
    const [network = '', prefix] = dst.split('/');
    return gw !== undefined && network.includes(':') && sameNetwork(network, gateway, Number(prefix), 128);
  };
  return gateway.includes(':') && routes.some(isWithin);
}

function inGuest({ dst, gw, mtu = 0, source }: ExpectedRoute, addresses: readonly string[]): object {
  return {
    ok: {
      dst,
      family: dst.includes(':') ? 6 : 4,
      flags: gw === undefined || isOnLink(gw, addresses) ? 0 : 4,
      gw: gw ?? null,
      mtu,
      scope: gw === undefined ? 253 : 0,
      src: source === undefined ? null : `RTA_PREFSRC ${source}`,
    },
  };
}

const runs = 500;

/** A reader with its settings; the older one takes the queue pairs from its own configuration. */
const reader = fc
  .record({
    runtime: fc.constantFrom('runtime-rs', 'runtime-rs-3'),
    queues: fc.integer({ min: 1, max: 256 }),
    queueSize: fc.nat(15).map((exponent) => 2 ** exponent),
  })
  .map((asked) => (asked.runtime === 'runtime-rs' ? asked : { ...asked, queues: 1 }));

/** Sorted routes: the kernel decides the order of several to one destination. */
function sorted(routes: readonly unknown[], expected: readonly ExpectedRoute[]): readonly string[] {
  const marked = expected.filter(({ gw }) => gw !== undefined && mayBeBehind(gw, expected)).map(({ dst }) => dst);
  return routes
    .map((route) => {
      const { ok } = route as { readonly ok: { readonly dst: string } };
      return JSON.stringify(marked.includes(ok.dst) ? { ...ok, flags: 'either' } : ok);
    })
    .sort();
}

it('whatever link of a pod dan takes over, Kata takes as the kernel has it: nothing dropped, altered or refused', () => {
  fc.assert(
    fc.property(rawPod, reader, (pod, { runtime, queues, queueSize }) => {
      const { addresses, routes, neighbors } = pod.expected;
      const device = deviceFor(pod, { runtime, queues, queueSize });
      expect(device).toMatchObject({
        guest_name: 'eth0',
        guest_mac: pod.eth0.mac,
        vmm_mac_ok: true,
        device: { type: 'host-tap', tap_name: names.link },
        queue_pairs: queues,
        queue_size: queueSize,
        addresses,
        mtu: pod.eth0.mtu,
        dropped: [],
        altered: [],
      });
      const answers = recordedAnswers(device!);
      expect(answers.neighbors).toEqual(
        neighbors.map(({ address: ip, mac: lladdr }) => ({ ok: { flags: 0, ip, lladdr, state: 128 } })),
      );
      expect(sorted(answers.routes, routes)).toEqual(
        sorted(
          routes.map((route) => inGuest(route, addresses)),
          routes,
        ),
      );
      expect(guestFaults([device!.guest])).toEqual([]);
    }),
    { numRuns: runs },
  );
});

it('without default routes, Kata gets all others', () => {
  fc.assert(
    fc.property(rawPod, (pod) => {
      const device = deviceFor(pod, { defaultRoute: false });
      const kept = pod.expected.routes.filter(({ dst }) => !dst.endsWith('/0'));
      const expected = kept.map((route) => inGuest(route, pod.expected.addresses));
      expect(sorted(recordedAnswers(device!).routes, kept)).toEqual(sorted(expected, kept));
    }),
  );
});
