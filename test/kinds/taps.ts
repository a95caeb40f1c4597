import { readNetwork } from '../../src/config/network.ts';
import type { BridgeFacts } from '../../src/kinds/bridge.ts';
import type { NodeView, Plan } from '../../src/kinds/device.ts';
import { type HostTap, type HostTapRequest, planHostTap } from '../../src/kinds/host-tap.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Link } from '../../src/model/link.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { linkNamed, nodeView } from './node.ts';

/** The request for the tap of a network configuration. */
export function requestOf(changes: JsonObject = {}): HostTapRequest {
  const document = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan', bridge: 'br0', ...changes };
  const { device } = readNetwork(document, { args: new Map(), ifname: 'eth0' });
  if (device.device !== 'host-tap') throw new Error(`it is a ${device.device}`);
  return device;
}

/** The plan for the tap of a network configuration. */
export function planOf(changes: JsonObject = {}, view: Partial<NodeView> = {}): Plan<HostTap> {
  return planHostTap(requestOf(changes), nodeView(view));
}

/** The tap of a network configuration. */
export function tapOf(changes: JsonObject = {}): HostTap {
  return planOf(changes).device;
}

/** A bridge with an explicit MAC and without ports. */
export const bridge: BridgeFacts = {
  name: 'br0' as InterfaceName,
  mac: '02:00:00:00:00:b0',
  mtu: 1500,
  defaultVlan: 1,
  portMtus: [],
  macIsSet: true,
  isUp: true,
};

/** The unchanged link of a tap. */
export function linkOf({ tap, mac, mtu, bridge: master, queuePairs }: HostTap, changes: Partial<Link> = {}): Link {
  const { name, altname, alias } = tap;
  const data = { type: 'tap', vnet_hdr: true, multi_queue: queuePairs > 1 };
  return linkNamed(name, { index: 7, altnames: [altname], alias, mac, mtu, master, kind: 'tun', data, ...changes });
}
