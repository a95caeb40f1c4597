import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { deriveNames } from '../../src/model/identity.ts';
import { guestFaults } from '../../src/dan/guest-faults.ts';
import { readRuntimeRs } from '../../src/reader/runtime-rs.ts';
import { bitsOfAddress, canonicalIpv6, sameNetwork } from '../model/address-bits.ts';
import { reasonsText } from '../reader/reasons.ts';
import { recordedAnswers } from '../reader/recorded-answers.ts';
import { fileFor } from './attaching.ts';
import { type RawCase, rawCase, type RawNetwork, type RawRoute } from './network-configurations.ts';

// What the guest must get in the end, derived from the raw configuration without dan's code.

const names = deriveNames({ network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' });

function canonical(ip: string): string {
  return isIPv6(ip) ? canonicalIpv6(ip) : ip;
}

function canonicalCidr(text: string): string {
  const [ip = '', prefix] = text.split('/');
  return `${canonical(ip)}/${String(prefix)}`;
}

function isOnLink(gateway: string, addresses: readonly string[]): boolean {
  if (isIPv6(gateway) && bitsOfAddress(gateway) >> 118n === 0b1111111010n) return true;
  return addresses.some((text) => {
    const [ip = '', prefix] = text.split('/');
    const length = isIPv6(ip) ? 128 : 32;
    return isIPv6(ip) === isIPv6(gateway) && sameNetwork(ip, gateway, Number(prefix), length);
  });
}

/** The on-link mark of a gateway. An IPv6 gateway behind that of another route may need it, too. */
function flagsOf(gw: string | undefined, addresses: readonly string[]): unknown {
  if (gw === undefined) return 0;
  if (!isOnLink(gw, addresses)) return 4;
  return isIPv6(gw) ? expect.toSatisfy((flags) => flags === 0 || flags === 4) : 0;
}

function expectedRoute({ dst, gw, mtu = 0, scope = 0, source }: RawRoute, addresses: readonly string[]): object {
  return {
    ok: {
      dst: canonicalCidr(dst),
      family: dst.includes(':') ? 6 : 4,
      flags: flagsOf(gw, addresses),
      gw: gw === undefined ? null : canonical(gw),
      mtu,
      scope,
      src: source === undefined ? null : `RTA_PREFSRC ${canonical(source)}`,
    },
  };
}

function expectedKind({ device, socketPath, socketDir = '/run/dan/vhost-user' }: RawNetwork): object {
  if (device === undefined) return { type: 'host-tap', tap_name: names.link };
  const derived = `${socketDir === '/' ? '' : socketDir.replace(/\/$/, '')}/${names.link}.sock`;
  return { type: device, path: socketPath ?? derived };
}

function expectedDevice({ network, networkQueues }: RawCase): object {
  const { runtime, addresses, routes, neighbors, mac, mtu = 1500, queues = 1, queueSize = 256 }: RawNetwork = network;
  const kept = routes.filter(({ dst }) => network.defaultRoute !== false || !dst.endsWith('/0'));
  const cidrs = addresses.map(canonicalCidr);
  return {
    guest_name: 'eth0',
    guest_mac: mac?.toLowerCase() ?? names.guestMac,
    vmm_mac_ok: true,
    device: expectedKind(network),
    queue_pairs: runtime === 'runtime-rs' ? queues : networkQueues,
    queue_size: queueSize,
    addresses: cidrs,
    mtu,
    flags: 0,
    dropped: [],
    altered: [],
    guest_agent: {
      routes: kept.map((route) => expectedRoute(route, addresses)),
      neighbors: neighbors.map(({ address, mac: lladdr, flags = 0 }) => ({
        ok: { flags, ip: canonical(address.split('/')[0] ?? ''), lladdr: lladdr.toLowerCase(), state: 128 },
      })),
    },
  };
}

const runs = 750;

it('whatever dan accepts, Kata takes as it was meant: nothing dropped, altered or refused', () => {
  const reached = { tap: 0, socket: 0 };
  fc.assert(
    fc.property(rawCase, (raw) => {
      const text = fileFor(raw.network, raw.networkQueues);
      if (text === undefined) return;
      reached[raw.network.device === undefined ? 'tap' : 'socket'] += 1;
      const reading = readRuntimeRs(text, raw.networkQueues);
      if (!reading.accepted) throw new Error(reasonsText(reading.refusals));
      expect(reading.netns).toBeNull();
      expect(reading.devices).toHaveLength(1);
      const [device] = reading.devices;
      expect({ ...device!, guest_agent: recordedAnswers(device!) }).toMatchObject(expectedDevice(raw));
      expect(guestFaults([device!.guest])).toEqual([]);
      // queue_num counts pairs in one reader and virtqueues in the other.
      expect(text.includes('"queue_num"')).toBe(raw.network.runtime === 'runtime-rs');
      // Dragonball announces an MTU of 1500 to the guest, whatever the file says.
      if (raw.network.device === 'vhost-user') expect(device?.mtu).toBeLessThanOrEqual(1500);
      if (raw.network.runtime === 'runtime-rs-3') expect(device?.queue_pairs).toBe(raw.network.queues ?? 1);
    }),
    { numRuns: runs },
  );
  expect(reached.tap).toBeGreaterThan(runs / 5);
  expect(reached.socket).toBeGreaterThan(runs / 12);
});
