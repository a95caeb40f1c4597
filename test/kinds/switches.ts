import type { NodeView } from '../../src/kinds/device.ts';
import type { OvsFacts } from '../../src/kinds/ovs-bridge.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import { defaultOvsDatabase, type OvsBridge, type OvsView } from '../../src/model/ovs.ts';

const br0: OvsBridge = {
  name: 'br0' as InterfaceName,
  datapath: 'system',
  mtu: 1500,
  mtuIsSet: false,
  fault: undefined,
};

/** An Open vSwitch without DPDK, whose bridge br0 has the kernel's datapath and an MTU that follows its ports. */
export function ovsFacts(bridge: Partial<OvsBridge> = {}, changes: Partial<OvsView> = {}): OvsFacts {
  return {
    database: defaultOvsDatabase,
    takenNames: [],
    interfaceTypes: ['internal', 'system', 'tap'],
    userspaceTso: false,
    ...changes,
    bridge: { ...br0, ...bridge },
  };
}

/** A node whose bridge is in an Open vSwitch. */
export function onOvs(bridge: Partial<OvsBridge> = {}, changes: Partial<OvsView> = {}): Partial<NodeView> {
  return { bridge: undefined, portMtus: [], ovs: { ...ovsFacts(bridge, changes), ...changes } };
}

/** A node whose bridge is in an Open vSwitch with DPDK. */
export function onDpdk(bridge: Partial<OvsBridge> = {}, changes: Partial<OvsView> = {}): Partial<NodeView> {
  return onOvs({ datapath: 'netdev', ...bridge }, { interfaceTypes: ['dpdk', 'dpdkvhostuserclient'], ...changes });
}
