import { readNetwork } from '../../src/config/network.ts';
import type { BridgeFacts } from '../../src/device/bridge.ts';
import { type HostTap, hostTap } from '../../src/device/host-tap.ts';
import { deriveNames } from '../../src/model/identity.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Link } from '../../src/model/link.ts';
import { ethernetMtu } from '../../src/model/mtu.ts';
import type { JsonObject } from '../../src/protocol/input.ts';

export const names = deriveNames({ network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' });

/** The tap of a network configuration. */
export function tapOf(changes: JsonObject = {}): HostTap {
  const document = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan', bridge: 'br0', ...changes };
  return hostTap(names, ethernetMtu, readNetwork(document, new Map()));
}

export const bridge: BridgeFacts = {
  name: 'br0' as InterfaceName,
  mac: '02:00:00:00:00:b0',
  mtu: 1500,
  defaultVlan: 1,
};

/** The link of a tap that is as it was made. */
export function linkOf(tap: HostTap, changes: Partial<Link> = {}): Link {
  return {
    index: 7,
    name: tap.name,
    altnames: [tap.altname],
    alias: tap.alias,
    mac: tap.mac,
    mtu: tap.mtu,
    up: true,
    master: tap.bridge,
    kind: 'tun',
    data: { type: 'tap', vnet_hdr: true, multi_queue: tap.queuePairs > 1 },
    addresses: [],
    ...changes,
  };
}
