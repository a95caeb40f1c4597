import type { InterfaceName } from '../model/interface-name.ts';
import type { FunctionChange } from '../model/virtual-function.ts';
import type { DriverChange } from '../model/operation.ts';

/** The `ip` command that changes a virtual function through its physical function: for messages and `dan plan`. */
export function functionLine(link: InterfaceName, number: number, change: FunctionChange): string {
  return `link set dev ${link} vf ${number} ${wordsOf(change)}`;
}

function wordsOf(change: FunctionChange): string {
  switch (change.set) {
    case 'mac':
      return `mac ${change.mac}`;
    case 'vlan': {
      const { vlan, vlanQoS, vlanProto } = change;
      return `vlan ${vlan} qos ${vlanQoS}${vlanProto === '802.1q' ? '' : ` proto ${vlanProto}`}`;
    }
    case 'spoofchk':
    case 'trust':
      return `${change.set} ${change.to}`;
    case 'linkState':
      return `state ${change.to}`;
    case 'rate':
      return `min_tx_rate ${change.minTxRate} max_tx_rate ${change.maxTxRate}`;
    default:
      return change satisfies never;
  }
}

/** Where the kernel shows its PCI devices and their drivers. */
export const pciBus = '/sys/bus/pci';

/** The writes that give a function another driver, in order, as shell lines. */
export function driverLines({ address, driver, from }: DriverChange): readonly string[] {
  const device = `${pciBus}/devices/${address}`;
  return [
    `echo ${driver} > ${device}/driver_override`,
    ...(from === undefined ? [] : [`echo ${address} > ${device}/driver/unbind`]),
    `echo ${address} > ${pciBus}/drivers_probe`,
  ];
}
