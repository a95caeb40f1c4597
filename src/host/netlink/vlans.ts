import { readInt32, readUint16 } from '#bytes';
import type { PortVlan, VlanRange } from '../../model/vlan.ts';
import { linkHeader } from './links.ts';
import { ask, askForAll, find, type Message, nested, type Request, u32, valuesIn } from './message.ts';
import { bridgeFamily, extents, headerLengths, ifla, rtm, vlanFlags as flags, vlanInfo } from './numbers.ts';

/** Adds VLANs to a bridge's port. With `untagged`, frames that arrive without a tag belong to the VLAN, too. */
export function addVlans(port: number, { first, last }: VlanRange, untagged: boolean): Request {
  const how = untagged ? flags.pvid | flags.untagged : 0;
  const infos =
    first === last ? [info(first, how)] : [info(first, how | flags.rangeBegin), info(last, how | flags.rangeEnd)];
  return change(rtm.link.set, port, infos);
}

/** Removes a VLAN from a bridge's port. */
export function deleteVlan(port: number, vlan: number): Request {
  return change(rtm.link.delete, port, [info(vlan, 0)]);
}

/** Asks for the VLANs of the ports of all bridges in a namespace. */
export function getVlans(): Request {
  return askForAll(rtm.link.get, linkHeader(0, bridgeFamily), u32(ifla.extent, extents.withVlans));
}

/** Reads the VLANs of one port; empty if the message is about another port, or something else. */
export function toVlans({ type, body }: Message, port: number): readonly PortVlan[] {
  if (type !== rtm.link.make || readInt32(body, 4) !== port) return [];
  const ofPort = find(body, ifla.ofFamily, headerLengths.link);
  if (ofPort === undefined) return [];
  const vlans: PortVlan[] = [];
  let first: number | undefined;
  for (const value of valuesIn(ofPort, 0, vlanInfo)) {
    // struct bridge_vlan_info of linux/if_bridge.h
    const how = readUint16(value, 0);
    const vlan = readUint16(value, 2);
    first ??= vlan;
    if ((how & flags.rangeBegin) !== 0) continue;
    vlans.push({ first, last: vlan, untagged: (how & flags.pvid) !== 0 && (how & flags.untagged) !== 0 });
    first = undefined;
  }
  return vlans;
}

function change(type: number, port: number, infos: readonly Uint8Array[]): Request {
  return ask(type, linkHeader(port, bridgeFamily), nested(ifla.ofFamily, ...infos));
}

// struct bridge_vlan_info of linux/if_bridge.h: flags, then VLAN id.
function info(vlan: number, how: number): Uint8Array {
  return u32(vlanInfo, how | (vlan << 16));
}
