import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { guestFaults } from '../../src/dan/guest-faults.ts';
import type { PciAddress } from '../../src/model/pci.ts';
import { readGo } from '../../src/reader/go.ts';
import { bitsOfAddress, textOfBits } from '../model/address-bits.ts';
import { functionOf } from '../kinds/functions.ts';
import { reasonsText } from '../reader/reasons.ts';
import { recordedAnswers } from '../reader/recorded-answers.ts';
import { fileFor } from './attaching.ts';
import { type RawNetwork, rawCase } from './network-configurations.ts';

const address = fc.tuple(fc.nat(0xffff), fc.nat(0xff), fc.nat(0x1f), fc.nat(7)).map(([domain, bus, device, number]) => {
  const digits = (value: number, length: number): string => value.toString(16).padStart(length, '0');
  return `${digits(domain, 4)}:${digits(bus, 2)}:${digits(device, 2)}.${number}` as PciAddress;
});

const settings = fc.record(
  {
    vlan: fc.integer({ min: 1, max: 4094 }),
    spoofchk: fc.constantFrom('on', 'off'),
    trust: fc.constantFrom('on', 'off'),
    maxTxRate: fc.nat(100_000),
    bindDriver: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** A network's gateways are the addresses next to its own ones, if there is room. */
function gatewayOf(dst: string, addresses: readonly string[]): string | undefined {
  const isSix = dst.includes(':');
  const [ip = '', prefix = ''] = addresses.find((text) => text.includes(':') === isSix)?.split('/') ?? [];
  const length = isSix ? 128 : 32;
  return isIP(ip) === 0 || ip.includes('%') || Number(prefix) > length - 2
    ? undefined
    : textOfBits(bitsOfAddress(ip) ^ 1n, length);
}

/** A configuration as an operator writes it for Kata's Go runtime; most have nothing that it cannot carry. */
function asVfio({ addresses, routes, neighbors, mac, mtu, defaultRoute }: RawNetwork, isPlain: boolean): object {
  const plain = routes.flatMap(({ dst }) => {
    const gw = gatewayOf(dst, addresses);
    return gw === undefined ? [] : [{ dst, gw }];
  });
  return { ...{ addresses, neighbors, mac, mtu, defaultRoute }, routes: isPlain ? plain : routes };
}

const isPlain = fc.nat(9).map((number) => number > 0);

const wanted = 500;

it('Kata’s Go runtime takes every file of a virtual function: nothing dropped, altered or refused', () => {
  let written = 0;
  fc.assert(
    fc.property(rawCase, address, settings, isPlain, ({ network }, deviceID, more, plain) => {
      const given = { ...asVfio(network, plain), ...more, device: 'vfio', runtime: 'go', deviceID };
      const found = functionOf({ address: deviceID, physical: { ...functionOf().physical!, mtu: 9600 } });
      const text = fileFor(JSON.parse(JSON.stringify(given)) as object, 1, { functions: [found], hasVfioDriver: true });
      if (text === undefined) return;
      written += 1;
      const verdict = readGo(text);
      if (!verdict.accepted) throw new Error(reasonsText(verdict.refusals));
      expect(verdict).toMatchObject({ netns: '', altered: [] });
      const [device] = verdict.devices;
      expect(device).toMatchObject({
        ...{ device: { type: 'vfio', pci_device_id: deviceID }, vmm_mac_ok: true },
        ...{ dropped: [], altered: [], failures: [] },
        mtu: network.mtu ?? 9600,
      });
      expect(device!.addresses).toHaveLength(network.addresses.length);
      expect(device!.neighbors).toHaveLength(network.neighbors.length);
      expect(guestFaults([device!.guest])).toEqual([]);
      for (const { ok } of recordedAnswers(device!).routes as readonly { ok?: object }[]) expect(ok).toBeDefined();
    }),
    { numRuns: 2 * wanted },
  );
  expect(written).toBeGreaterThan(wanted);
}, 20_000);
