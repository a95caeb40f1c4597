import { readInt32, readUint16, writeUint16 } from '#bytes';
import type { PortVlan, VlanRange } from '../../model/vlan.ts';
import { bridgeFamily, linkAttributes, linkHeader, linkHeaderLength, linkMessages } from './link-attributes.ts';
import { ask, askForAll, attributes, bytes, find, type Message, nested, type Request, u32 } from './message.ts';

/** IFLA_BRIDGE_VLAN_INFO of linux/if_bridge.h. */
const vlanInfo = 2;

/** BRIDGE_VLAN_INFO_… of linux/if_bridge.h. */
const flags = { pvid: 1 << 1, untagged: 1 << 2, rangeBegin: 1 << 3, rangeEnd: 1 << 4 } as const;

/** RTEXT_FILTER_BRVLAN_COMPRESSED of linux/rtnetlink.h: with VLANs, in ranges. */
const withVlans = u32(linkAttributes.extent, 1 << 2);

/** Puts a bridge's port into VLANs; untagged, what comes in without a tag belongs to it too. */
export function addVlans(port: number, { first, last }: VlanRange, untagged: boolean): Request {
  const how = untagged ? flags.pvid | flags.untagged : 0;
  const infos =
    first === last ? [info(first, how)] : [info(first, how | flags.rangeBegin), info(last, how | flags.rangeEnd)];
  return change(linkMessages.set, port, infos);
}

/** Takes a bridge's port out of a VLAN. */
export function deleteVlan(port: number, vlan: number): Request {
  return change(linkMessages.delete, port, [info(vlan, 0)]);
}

/** Asks for the VLANs of the ports of all bridges of a namespace. */
export function getVlans(): Request {
  return askForAll(linkMessages.get, linkHeader({ family: bridgeFamily }), withVlans);
}

/** Reads the VLANs of one port; empty: the message is about another, or something else. */
export function toVlans({ type, body }: Message, port: number): readonly PortVlan[] {
  if (type !== linkMessages.make || readInt32(body, 4) !== port) return [];
  const ofPort = find(body, linkAttributes.ofFamily, linkHeaderLength);
  if (ofPort === undefined) return [];
  const vlans: PortVlan[] = [];
  let first: number | undefined;
  for (const { type: attribute, value } of attributes(ofPort)) {
    if (attribute !== vlanInfo) continue;
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
  const header = linkHeader({ family: bridgeFamily, index: port });
  return ask(type, header, nested(linkAttributes.ofFamily, ...infos));
}

function info(vlan: number, how: number): Uint8Array {
  const value = new Uint8Array(4);
  writeUint16(value, how, 0);
  writeUint16(value, vlan, 2);
  return bytes(vlanInfo, value);
}
