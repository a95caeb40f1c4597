import { type DeviceSettings, invalid, type Rule } from './settings.ts';

/**
 * The rules between the settings of a port. `unsaid` is the meaning of a missing "bridge": null if there is no port,
 * undefined if another rule refuses it.
 */
export function portRules(unsaid: null | undefined): readonly Rule[] {
  const hasNone = ({ bridge = unsaid }: DeviceSettings): boolean => bridge === null;
  return [
    {
      keys: ['bridge', 'vlan', 'trunk'],
      fault: (settings) =>
        hasNone(settings) && (settings.vlan !== undefined || settings.trunk !== undefined)
          ? invalid('"vlan" and "trunk" are settings of a port, and there is none: "bridge" is null or missing')
          : undefined,
    },
    {
      keys: ['bridge', 'ovs'],
      fault: (settings) =>
        hasNone(settings) && settings.ovs !== undefined
          ? invalid('"ovs" is the Open vSwitch that has the "bridge", and there is none: name one, or leave "ovs" out')
          : undefined,
    },
    {
      keys: ['vlan', 'trunk'],
      fault: ({ vlan, trunk = [] }) =>
        vlan !== undefined && trunk.some(({ first, last }) => vlan >= first && vlan <= last)
          ? invalid(`"vlan" ${vlan} is in "trunk" too, and a VLAN is either tagged or untagged: name it in one of them`)
          : undefined,
    },
  ];
}
