import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { PciAddress } from '../../src/model/pci.ts';
import type { FunctionRow, PciFunction } from '../../src/model/virtual-function.ts';

/** A card's report about an unchanged function. */
export const row: FunctionRow = {
  ...{ mac: '02:00:00:00:02:00', vlan: 0, vlanQoS: 0, vlanProto: '802.1q' },
  ...{ spoofchk: 'on', trust: 'off', linkState: 'auto', minTxRate: 0, maxTxRate: 0 },
};

/** A free virtual function of enp1s0f0, bound to vfio-pci. */
export function functionOf(changes: Partial<PciFunction> = {}): PciFunction {
  return {
    address: '0000:01:10.0' as PciAddress,
    driver: 'vfio-pci',
    override: 'vfio-pci',
    group: 6,
    companions: [],
    physical: {
      address: '0000:01:00.0' as PciAddress,
      link: 'enp1s0f0' as InterfaceName,
      driver: 'igb',
      mtu: 1500,
      up: true,
    },
    number: 0,
    row,
    otherMacs: ['02:00:00:00:02:01'],
    user: undefined,
    ...changes,
  };
}
