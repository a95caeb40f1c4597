import { parseDestination, parseInterfaceAddress, parseNetwork } from '../model/cidr.ts';
import { parseIp } from '../model/ip.ts';
import { parseMac } from '../model/mac.ts';
import type { Parsed } from '../model/parsed.ts';

/**
 * The reader of a file: Kata's Rust runtime, by the rules of serde_json for derived `Deserialize`
 * (serde_json/src/de.rs, serde_derive); Kata's Go runtime, by those of encoding/json's `Unmarshal` (decode.go); or an
 * unknown reader of the format as it was first published.
 */
export type DecoderName = 'generic' | 'go' | 'rust';

/** A value of a file: its type, and whether it may be missing. `ignored`: no reader uses it. */
export type Field = Presence &
  (Struct | Text | Whole | { readonly is: 'ignored' } | { readonly is: 'list'; readonly of: Field });

interface Presence {
  /** Who refuses an object without the key: `always`, all but Go's; `as-published`, only the generic reader. */
  readonly required?: 'always' | 'as-published';
  /** The value of a missing key, except in Go; left out for the empty value of its type. */
  readonly missing?: number | null;
  /** Rust's `Option`: null counts as missing. */
  readonly nullable?: true;
  /** The reader that does not know the key. */
  readonly notIn?: Exclude<DecoderName, 'rust'>;
}

/** A text, and the check by a reader of the format as it was first published. */
export interface Text {
  readonly is: 'text';
  readonly check?: (value: unknown) => Parsed<unknown>;
}

/** A whole number. It is unsigned, except in Go if `signedInGo` is set. */
export interface Whole {
  readonly is: 'whole';
  readonly bits: 32 | 64;
  readonly signedInGo?: true;
}

/** An object, with its fields in the order of their declaration in Rust. */
export interface Struct {
  readonly is: 'struct';
  readonly fields: Fields;
  /** The fields by the value of `type`. Go has all of them in one struct. */
  readonly variants?: Readonly<Record<string, readonly string[]>>;
}

/** Fields by key. */
type Fields = Readonly<Record<string, Field>>;

const text = { is: 'text' } as const;
const name = { is: 'text', required: 'always' } as const;
const u32 = { is: 'whole', bits: 32 } as const;
const count = { is: 'whole', bits: 64, signedInGo: true } as const;
const ignored = { is: 'ignored' } as const;

const device = {
  is: 'struct',
  required: 'always',
  fields: {
    type: name,
    tap_name: name,
    path: name,
    pci_device_id: name,
    queue_num: count,
    queue_size: count,
    // dan's own key.
    macvtap: ignored,
  },
  variants: {
    'host-tap': ['tap_name', 'queue_num', 'queue_size'],
    'vhost-user': ['path', 'queue_num', 'queue_size'],
    vfio: ['pci_device_id'],
  },
} as const satisfies Field;

const link = {
  ip_addresses: { is: 'list', of: { ...name, check: parseInterfaceAddress }, required: 'always' },
  mtu: { is: 'whole', bits: 64, missing: 1500 },
  ntype: { ...text, notIn: 'generic' },
  flags: { ...u32, notIn: 'generic' },
} as const satisfies Fields;

const route = {
  dest: { ...text, check: parseNetwork },
  gateway: { ...text, check: parseIp },
  source: text,
  scope: u32,
  flags: { ...u32, notIn: 'go' },
  mtu: { ...u32, notIn: 'go' },
} as const satisfies Fields;

const neighbor = {
  ip_address: { ...text, check: parseDestination, required: 'as-published', missing: null, nullable: true },
  hardware_addr: { ...text, check: parseMac },
  state: u32,
  flags: u32,
  // It was in the format as it was first published. No reader of Kata has it.
  device: ignored,
} as const satisfies Fields;

const entry = {
  name,
  guest_mac: { ...text, check: parseMac, required: 'as-published', missing: null },
  device,
  network_info: {
    is: 'struct',
    required: 'always',
    fields: {
      interface: { is: 'struct', fields: link, required: 'always' },
      routes: { is: 'list', of: { is: 'struct', fields: route } },
      neighbors: { is: 'list', of: { is: 'struct', fields: neighbor } },
    },
  },
  // dan's own key.
  cni: ignored,
} as const satisfies Fields;

/**
 * The DAN file: the structs of Kata's src/runtime-rs/crates/resource/src/network/dan.rs and
 * src/runtime/virtcontainers/types/dan.go at 7c6ba40c, and the format as it was first published (docs/dan-format.md).
 */
export const danFile = {
  is: 'struct',
  fields: {
    netns: { ...text, missing: null, nullable: true },
    devices: { is: 'list', of: { is: 'struct', fields: entry }, required: 'always' },
  },
} as const satisfies Field;

/** The type of a field's value, by the field's kind. */
interface Values<F> {
  readonly text: string;
  readonly whole: number;
  readonly ignored: undefined;
  readonly list: F extends { of: infer Of extends Field } ? readonly Value<Of>[] : never;
  readonly struct: F extends { fields: infer Fs extends Fields } ? { readonly [K in keyof Fs]: Value<Fs[K]> } : never;
}

type Value<F extends Field> = Values<F>[F['is']] | (F extends { missing: null } ? null : never);

/** A decoded file. All keys are present, including those of other variants of a device. */
export type DanFile = Value<typeof danFile>;

/** A device of a file. */
export type FileDevice = DanFile['devices'][number];

/** A route of a device. */
export type FileRoute = FileDevice['network_info']['routes'][number];

/** A neighbor of a device. */
export type FileNeighbor = FileDevice['network_info']['neighbors'][number];
