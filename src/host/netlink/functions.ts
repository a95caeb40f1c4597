import { concat, fromHex, readUint16BE, readUint32, words } from '#bytes';
import {
  type FunctionChange,
  type FunctionRow,
  linkStates,
  onOff,
  vlanProtocols,
} from '../../model/virtual-function.ts';
import { linkLayerText } from './address-text.ts';
import { linkHeader, nameAttribute } from './links.ts';
import { ask, askForOne, bytes, find, type Message, nested, type Request, u32, valuesIn } from './message.ts';
import { extents, headerLengths, ifla, rtm } from './numbers.ts';

/** IFLA_VF_INFO, and IFLA_VF_… of linux/if_link.h. Each value begins with the number of the function. */
const rowType = 1;
const vf = { mac: 1, vlan: 2, spoofchk: 4, linkState: 5, rate: 6, trust: 9, vlans: 12 } as const;

/** IFLA_VF_VLAN_INFO, and the protocol numbers of VLANs (linux/if_ether.h). */
const vlanInfo = 1;
const protocols: Readonly<Record<FunctionRow['vlanProto'], number>> = { '802.1q': 0x8100, '802.1ad': 0x88a8 };

/** MAX_ADDR_LEN of linux/netdevice.h: the room in a message. An Ethernet address has six bytes. */
const addressLength = { most: 32, ofEthernet: 6 } as const;

/** Asks for a link with its virtual functions. */
export function getFunctions(name: string): Request {
  return askForOne(
    rtm.link.get,
    linkHeader(),
    u32(ifla.extent, extents.withFunctions | extents.withoutCounters),
    nameAttribute(name),
  );
}

/** Reads the virtual functions of a link. A row without a MAC is left out, since dan cannot use it. */
export function toFunctions({ type, body }: Message): ReadonlyMap<number, FunctionRow> {
  const list = type === rtm.link.make ? find(body, ifla.functions, headerLengths.link) : undefined;
  const rows = list === undefined ? [] : valuesIn(list, 0, rowType).map(rowIn);
  return new Map(rows.filter((row) => row !== undefined));
}

function rowIn(info: Uint8Array): readonly [number: number, row: FunctionRow] | undefined {
  const mac = find(info, vf.mac);
  if (mac === undefined || mac.length < 4 + addressLength.ofEthernet) return undefined;
  const [vlan, spoofchk, linkState, rate, trust] = [vf.vlan, vf.spoofchk, vf.linkState, vf.rate, vf.trust].map((one) =>
    find(info, one),
  );
  const at = (value: Uint8Array | undefined, place: number): number | undefined =>
    value === undefined ? undefined : readUint32(value, place);
  // A driver reports -1 for an unknown value.
  const word = (value: number | undefined): FunctionRow['trust'] =>
    value === 1 ? 'on' : value === 0 ? 'off' : undefined;
  const row = {
    mac: linkLayerText(mac.slice(4, 4 + addressLength.ofEthernet), ethernet),
    vlan: at(vlan, 4) ?? 0,
    vlanQoS: at(vlan, 8) ?? 0,
    vlanProto: protocolIn(find(info, vf.vlans)),
    spoofchk: word(at(spoofchk, 4)),
    trust: word(at(trust, 4)),
    linkState: linkStates[at(linkState, 4) ?? -1],
    minTxRate: at(rate, 4) ?? 0,
    maxTxRate: at(rate, 8) ?? 0,
  };
  return [readUint32(mac, 0), row];
}

/** ARPHRD_ETHER of linux/if_arp.h. */
const ethernet = 1;

// If a driver supports only one VLAN, the kernel makes a list of that one.
function protocolIn(list: Uint8Array | undefined): FunctionRow['vlanProto'] {
  const info = list && find(list, vlanInfo);
  const number = info === undefined || info.length < 14 ? undefined : readUint16BE(info, 12);
  return vlanProtocols.find((name) => protocols[name] === number) ?? '802.1q';
}

/** The message that changes a virtual function through the physical function with this index. */
export function setFunction(index: number, number: number, change: FunctionChange): Request {
  return ask(rtm.link.make, linkHeader(index), nested(ifla.functions, nested(rowType, attributeOf(number, change))));
}

function attributeOf(number: number, change: FunctionChange): Uint8Array {
  switch (change.set) {
    case 'mac': {
      const room = new Uint8Array(addressLength.most);
      room.set(fromHex(change.mac.replaceAll(':', '')));
      return bytes(vf.mac, concat([words(number), room]));
    }
    case 'vlan': {
      const { vlan, vlanQoS, vlanProto } = change;
      if (vlanProto === '802.1q') return bytes(vf.vlan, words(number, vlan, vlanQoS));
      // struct ifla_vf_vlan_info ends with the protocol in network byte order.
      const protocol = protocols[vlanProto];
      const inOrder = Uint8Array.of(protocol >>> 8, protocol & 0xff, 0, 0);
      return nested(vf.vlans, bytes(vlanInfo, concat([words(number, vlan, vlanQoS), inOrder])));
    }
    case 'spoofchk':
    case 'trust':
      return bytes(vf[change.set], words(number, change.to === onOff[0] ? 1 : 0));
    case 'linkState':
      return bytes(vf.linkState, words(number, linkStates.indexOf(change.to)));
    case 'rate':
      return bytes(vf.rate, words(number, change.minTxRate, change.maxTxRate));
    default:
      return change satisfies never;
  }
}
