import { suggestion } from '../../../config/faults.ts';
import type { ReaderName } from '../../../dan/profile.ts';
import { isObject } from '../../../json/object.ts';
import { type Remark, remarksAt } from '../remark.ts';

/** The keys of each object of a file, with the objects in it; `null` is a value that is not looked into. */
interface Keys {
  readonly [key: string]: Keys | null;
}

const ofRoutes = { dest: null, gateway: null, source: null, scope: null };

const device = {
  ...{ type: null, tap_name: null, path: null, pci_device_id: null, queue_num: null, queue_size: null },
  // dan's own: what a reader of Kata ignores on purpose.
  macvtap: null,
};

const keysOf = (routes: Keys): Keys => ({
  netns: null,
  devices: {
    name: null,
    guest_mac: null,
    device,
    cni: null,
    network_info: {
      interface: { ip_addresses: null, mtu: null, ntype: null, flags: null },
      routes,
      // A neighbor’s device was in the format as it was first published; no reader of Kata has it.
      neighbors: { ip_address: null, hardware_addr: null, state: null, flags: null, device: null },
    },
  },
});

/** The keys that a reader passes over without a word; one that is near a known key is a typo, and so a warning. */
export function ignoredKeys(text: string, runtime: ReaderName): readonly Remark[] {
  const isGo = runtime === 'go';
  const keys = keysOf(isGo ? ofRoutes : { ...ofRoutes, flags: null, mtu: null });
  try {
    return walk(JSON.parse(text), keys, '', isGo);
  } catch {
    return []; // A text that is no JSON has a reader's error already.
  }
}

function walk(value: unknown, keys: Keys, where: string, anyCase: boolean): readonly Remark[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => walk(item, keys, `${where}[${at}]`, anyCase));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = where === '' ? key : `${where}.${key}`;
    const known = anyCase ? key.toLowerCase() : key;
    if (!Object.hasOwn(keys, known)) return [ignored(key, Object.keys(keys), where)];
    const below = keys[known] ?? null;
    return below === null ? [] : walk(inner, below, place, anyCase);
  });
}

function ignored(key: string, known: readonly string[], where: string): Remark {
  const near = suggestion(key, known);
  return remarksAt(where)(near === '' ? 'note' : 'warning', `the reader ignores the key ${JSON.stringify(key)}${near}`);
}
