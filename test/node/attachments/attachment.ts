import type { AttachmentRecord } from '../../../src/attach/record.ts';
import { deriveNames, type Identity } from '../../../src/model/identity.ts';
import type { InterfaceName } from '../../../src/model/interface-name.ts';
import type { Link } from '../../../src/model/link.ts';
import type { Mtu } from '../../../src/model/mtu.ts';
import type { QueuePairs } from '../../../src/model/queues.ts';

/** An attachment of a tap on the host, on the bridge br0. */
export const identity: Identity = { network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' };

/** Its record, as ADD leaves it. */
export function recordOf(of: Identity = identity): AttachmentRecord {
  const { link, altname, alias, linkMac, guestMac } = deriveNames(of);
  return {
    ...of,
    format: 1,
    danConf: '/dans',
    device: {
      kind: 'host-tap',
      tap: { in: 'host', name: link, altname, alias },
      mac: linkMac,
      mtu: 1500 as Mtu,
      queuePairs: 1 as QueuePairs,
      bridge: 'br0' as InterfaceName,
      owner: 0,
    },
    guestMac,
    netns: '/run/netns/pod',
    entry: {
      name: of.ifname,
      guest_mac: guestMac,
      device: { type: 'host-tap', tap_name: link, queue_num: 1 },
      network_info: {
        interface: { ip_addresses: ['10.88.0.5/24'], mtu: 1500, ntype: 'tuntap', flags: 0 },
        routes: [],
        neighbors: [],
      },
      cni: { network: of.network, ifname: of.ifname },
    },
  };
}

/** Its tap in the kernel; `changes` overrides attributes. */
export function tapOf(of: Identity = identity, changes: Partial<Link> = {}): Link {
  const { link, altname, alias, linkMac } = deriveNames(of);
  return {
    index: 7,
    name: link,
    altnames: [altname],
    alias,
    mac: linkMac,
    mtu: 1500,
    up: true,
    carrier: false,
    queueLength: 1000,
    master: 'br0',
    kind: 'tun',
    data: { multi_queue: false, vnet_hdr: true },
    addresses: [],
    ...changes,
  };
}
