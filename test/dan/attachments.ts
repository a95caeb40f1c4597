import type { NetworkConfig } from '../../src/config/interpret.ts';
import { readNetwork } from '../../src/config/network.ts';
import type { Attachment } from '../../src/dan/attachment.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import type { Mac } from '../../src/model/mac.ts';
import { ethernetMtu } from '../../src/model/mtu.ts';
import type { Route } from '../../src/model/route.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { words } from '../config/reading.ts';

/** A network configuration with a bridge, and a test's changes. */
export function network(changes: JsonObject): NetworkConfig {
  return readNetwork({ cniVersion: '1.0.0', name: 'kata-net', type: 'dan', bridge: 'br0', ...changes }, words);
}

/** An attachment with the addresses, routes and neighbors of a configuration, and a plain tap. */
export function attachment(changes: JsonObject, more: Partial<Attachment> = {}): Attachment {
  const { addresses, routes, neighbors } = network(changes);
  return {
    network: 'kata-net',
    ifname: 'eth0',
    guestMac: '02:5c:1e:07:9a:41' as Mac,
    device: { kind: 'host-tap', tapName: 'dan3f9c1e7a02b', queuePairs: 1 as QueuePairs, queueSize: undefined },
    mtu: ethernetMtu,
    addresses,
    routes: routes.map((route): Route => ({ ...route, onlink: false })),
    neighbors,
    ...more,
  };
}
