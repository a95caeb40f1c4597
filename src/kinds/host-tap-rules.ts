import { portRules } from './port-settings.ts';
import { invalid, type Rule } from './settings.ts';

/** Why a bridge of Open vSwitch has no "hairpinMode". */
export function noHairpin(bridge: string): string {
  return `"hairpinMode" is a setting of a port of a Linux bridge, and ${bridge} is one of Open vSwitch: leave it out`;
}

const bridgeIsSaid: Rule = {
  keys: ['bridge'],
  fault: ({ bridge }) =>
    bridge === undefined
      ? invalid(
          '"bridge" is missing, and nobody would be connected to the tap: name the bridge, or say "bridge": null ' +
            'if something else connects it',
        )
      : undefined,
};

const hairpinHasBridge: Rule = {
  keys: ['bridge', 'ovs', 'hairpinMode'],
  fault({ bridge, ovs, hairpinMode = false }) {
    if (!hairpinMode) return undefined;
    if (ovs !== undefined) return invalid(noHairpin(`"bridge" ${bridge ?? ''}`));
    return bridge === null
      ? invalid('"hairpinMode" is a setting of a port, and there is none: "bridge" is null')
      : undefined;
  },
};

/** The rules between the keys of a tap on the host. */
export const hostTapRules: readonly Rule[] = [bridgeIsSaid, ...portRules(undefined), hairpinHasBridge];
