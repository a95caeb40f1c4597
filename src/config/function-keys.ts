import { linkStates, mostTxRate, onOff, vlanProtocols } from '../model/virtual-function.ts';
import { flag, type Keys, oneOf, whole } from './reader.ts';

const rate = whole(0, mostTxRate, 'a rate in Mbit/s');

const codes = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

/** The keys of a virtual function, under the names that sriov-cni uses. */
export const functionKeys = {
  vlanQoS: {
    value: whole(0, 7, 'a priority'),
    otherwise: '0 with `vlan`',
    rule: 'with `vlan` of a `vfio` device: its priority, 0 to 7',
    example: 3,
  },
  vlanProto: {
    value: oneOf(vlanProtocols),
    otherwise: '`802.1q` with `vlan`',
    rule: `with \`vlan\` of a \`vfio\` device: ${codes(vlanProtocols)}`,
    example: '802.1ad',
  },
  spoofchk: {
    value: oneOf(onOff),
    otherwise: 'as it is',
    rule: 'whether the card drops what a virtual function sends from another MAC than its own: `on`, `off`',
    example: 'on',
  },
  trust: {
    value: oneOf(onOff),
    otherwise: 'as it is',
    rule: 'whether the guest may change the MAC of its virtual function, or listen to all: `on`, `off`',
    example: 'off',
  },
  linkState: {
    value: oneOf(linkStates),
    otherwise: 'as it is',
    rule: `the link that the guest sees: that of the card, or always up, or always down: ${codes(linkStates)}`,
    example: 'auto',
  },
  minTxRate: {
    value: rate,
    otherwise: 'as it is',
    rule: 'Mbit/s that a virtual function is promised; 0: none',
    example: 100,
  },
  maxTxRate: {
    value: rate,
    otherwise: 'as it is',
    rule: 'Mbit/s that a virtual function may send; 0: no limit',
    example: 1000,
  },
  bindDriver: {
    value: flag,
    otherwise: '`false`',
    rule: 'a [virtual function](#virtual-functions) that has another driver is given to `vfio-pci`, and DEL gives it back',
    example: true,
  },
} as const satisfies Keys;
