import { invalid } from './invalid.ts';
import type { DeviceSettings } from './settings.ts';

/** Refuses settings of a port where there is none, or that contradict each other. Throws `invalid-configuration`. */
export function refusePortSettings({ bridge, vlan, trunk, ovs }: DeviceSettings): void {
  if (bridge === null && (vlan !== undefined || trunk !== undefined)) {
    throw invalid('"vlan" and "trunk" are settings of a port, and there is none: "bridge" is null or missing');
  }
  if (bridge === null && ovs !== undefined) {
    throw invalid('"ovs" is the Open vSwitch that has the "bridge", and there is none: name one, or leave "ovs" out');
  }
  const inTrunk = (trunk ?? []).some(({ first, last }) => vlan !== undefined && vlan >= first && vlan <= last);
  if (inTrunk) {
    throw invalid(
      `"vlan" ${vlan ?? ''} is in "trunk" too, and a VLAN is either tagged or untagged: name it in one of them`,
    );
  }
}
