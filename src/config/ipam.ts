import { type Keys, object, type Reader, type Values } from './reader.ts';
import { pluginType } from './values.ts';

const keys = {
  type: {
    value: pluginType,
    rule: 'file name of the IPAM plugin, which is looked for in CNI_PATH; empty for none',
  },
} as const satisfies Keys;

const section = object(keys, { isOpen: true });

/**
 * The section `ipam`. An empty one, or one with an empty `type`, asks for no plugin. Settings without a `type` are
 * refused: no plugin would read them, and the guest would have no address.
 */
export const ipam: Reader<Values<typeof keys>> = {
  ...section,
  read(value, faults) {
    const made = section.read(value, faults);
    if (made === undefined || (made.type ?? '') !== '') return made;
    const settings = Object.keys(value as object).filter((key) => key !== 'type');
    if (settings.length === 0) return made;
    const why = `names no IPAM plugin for ${settings.length === 1 ? `"${settings[0] ?? ''}"` : 'its settings'}: add its "type"`;
    faults.push({ of: 'value', path: [], value, why });
    return undefined;
  },
};
