import { readUint16, readUint16BE, readUint32, readUint8 } from '#bytes';
import type { JsonObject } from '../../json/object.ts';
import { attributes } from './message.ts';

/** IFLA_TUN_… of linux/if_link.h. */
const tun = { type: 3, vnetHdr: 5, persist: 6, multiQueue: 7 } as const;

/** IFLA_BR_… of linux/if_link.h. */
const bridge = { forwardDelay: 1, stpState: 5, vlanFiltering: 7, vlanProtocol: 8, defaultVlan: 39 } as const;

/** IFLA_MACVLAN_MODE of linux/if_link.h. */
const macvtapMode = 1;

/** MACVLAN_MODE_… of linux/if_link.h. */
const macvtapModes: Readonly<Record<number, string>> = {
  1: 'private',
  2: 'vepa',
  4: 'bridge',
  8: 'passthru',
  16: 'source',
};

/** The protocols by which VLANs are told (linux/if_ether.h). */
const vlanProtocols: Readonly<Record<number, string>> = { 0x8100: '802.1Q', 0x88a8: '802.1ad' };

/** What the kind of a link tells of it, as far as dan looks at it, under the names and in the values of `ip`. */
export function dataOf(kind: string, data: Uint8Array): JsonObject {
  switch (kind) {
    case 'tun':
      return read(data, toTun);
    case 'bridge':
      return read(data, toBridge);
    case 'macvtap':
      return read(data, (type, value) =>
        type === macvtapMode ? ['mode', macvtapModes[readUint32(value, 0)]] : undefined,
      );
    default:
      return {};
  }
}

type Entry = readonly [key: string, value: unknown];

function read(data: Uint8Array, toEntry: (type: number, value: Uint8Array) => Entry | undefined): JsonObject {
  const entries = attributes(data).map(({ type, value }) => toEntry(type, value));
  return Object.fromEntries(entries.filter((entry) => entry !== undefined));
}

function toTun(type: number, value: Uint8Array): Entry | undefined {
  switch (type) {
    case tun.type:
      return ['type', readUint8(value, 0) === 2 ? 'tap' : 'tun'];
    case tun.vnetHdr:
      return ['vnet_hdr', readUint8(value, 0) !== 0];
    case tun.persist:
      return ['persist', readUint8(value, 0) !== 0];
    case tun.multiQueue:
      return ['multi_queue', readUint8(value, 0) !== 0];
    default:
      return undefined;
  }
}

function toBridge(type: number, value: Uint8Array): Entry | undefined {
  switch (type) {
    case bridge.forwardDelay:
      return ['forward_delay', readUint32(value, 0)];
    case bridge.stpState:
      return ['stp_state', readUint32(value, 0)];
    case bridge.vlanFiltering:
      return ['vlan_filtering', readUint8(value, 0)];
    case bridge.vlanProtocol:
      return ['vlan_protocol', vlanProtocols[readUint16BE(value, 0)]];
    case bridge.defaultVlan:
      return ['vlan_default_pvid', readUint16(value, 0)];
    default:
      return undefined;
  }
}
