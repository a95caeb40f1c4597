import { type JsonNode, nameOf, parseJson } from './json.ts';
import { defaulted, inside, type Read, required, RustDecoder } from './rust-decoder.ts';
import { type Refusal, refusal } from './verdict.ts';

type Texts<Key extends string> = Readonly<Record<Key, string>>;
type Numbers<Key extends string> = Readonly<Record<Key, number>>;

/** A route of a file. */
export type DanRoute = Texts<'dest' | 'gateway' | 'source'> & Numbers<'flags' | 'mtu' | 'scope'>;

/** A neighbor of a file. */
export type DanNeighbor = Texts<'hardware_addr'> & Numbers<'flags' | 'state'> & { readonly ip_address: string | null };

/** The interface of a device. */
export type DanInterface = Texts<'ntype'> & Numbers<'flags' | 'mtu'> & { readonly ip_addresses: readonly string[] };

/** A device of a file. */
export interface DanDevice {
  readonly name: string;
  /** null where the file has none. */
  readonly guest_mac: string | null;
  readonly device: DanDeviceKind;
  readonly network_info: {
    readonly interface: DanInterface;
    readonly routes: readonly DanRoute[];
    readonly neighbors: readonly DanNeighbor[];
  };
}

/** Queue pairs and their size; 0 leaves either to the runtime. */
export type Queues = Numbers<'queue_num' | 'queue_size'>;

/** What a device of a file is plugged into. */
type DanDeviceKind =
  | (Queues & { readonly type: 'vhost-user'; readonly path: string })
  | (Queues & { readonly type: 'host-tap'; readonly tap_name: string });

interface DanDocument {
  readonly netns: string | null;
  readonly devices: readonly DanDevice[];
}

/**
 * The text of a file as runtime-rs deserializes it: the structs of Kata's
 * src/runtime-rs/crates/resource/src/network/dan.rs at 7c6ba40c.
 */
export function parseDanDocument(text: string): Refusal | (DanDocument & { readonly accepted: true }) {
  const json = parseJson(text);
  if ('fault' in json) return refusal(json.fault);
  const rust = new RustDecoder();
  const [document] = rust.object<DanDocument>({
    netns: rust.optionalText,
    devices: required(rust.list(entry(rust))),
  })(json.root, '');
  if (document === undefined || rust.refusals.length > 0) return { accepted: false, refusals: rust.refusals };
  return { accepted: true, ...document };
}

function entry(rust: RustDecoder): Read<DanDevice> {
  const text = defaulted(rust.text, '');
  const number = defaulted(rust.whole(32), 0);
  const route = rust.object<DanRoute>({
    ...{ dest: text, gateway: text, source: text },
    ...{ scope: number, flags: number, mtu: number },
  });
  const neighbor = rust.object<DanNeighbor>({
    ...{ ip_address: rust.optionalText, hardware_addr: text },
    ...{ state: number, flags: number },
  });
  const link = rust.object<DanInterface>({
    ip_addresses: required(rust.list(rust.text)),
    mtu: defaulted(rust.whole(64), 1500),
    ntype: text,
    flags: number,
  });
  return rust.object<DanDevice>({
    name: required(rust.text),
    guest_mac: defaulted<string | null>(rust.text, null),
    device: required(deviceKind(rust)),
    network_info: required(
      rust.object<DanDevice['network_info']>({
        interface: required(link),
        routes: defaulted(rust.list(route), []),
        neighbors: defaulted(rust.list(neighbor), []),
      }),
    ),
  });
}

/** How many containers lie around a device: the file, its devices, the entry. */
const depthOfDevice = 3;

/** The `device` of an entry: an internally tagged enum (`#[serde(tag = "type")]` in Kata's dan.rs). */
function deviceKind(rust: RustDecoder): Read<DanDeviceKind> {
  const count = defaulted(rust.whole(64), 0);
  const queues = { queue_num: count, queue_size: count };
  const name = required(rust.text);
  const tap = rust.object<Queues & { readonly tap_name: string }>({ tap_name: name, ...queues }, 'type');
  const socket = rust.object<Queues & { readonly path: string }>({ path: name, ...queues }, 'type');
  return (node, where) => {
    if (node.kind !== 'array' && node.kind !== 'object') {
      return rust.refuse(where, `it is ${nameOf(node)}, and must be an object`);
    }
    rust.checkBuffered(node, where, depthOfDevice);
    const place = inside(where, 'type');
    const [tag, another] = tagsOf(node);
    if (another !== undefined) return rust.refuse(place, 'the key is there twice');
    if (tag === undefined) return rust.refuse(place, 'it is missing, and required');
    const [type] = rust.text(tag, place);
    const fields: JsonNode = node.kind === 'array' ? { kind: 'array', items: node.items.slice(1) } : node;
    if (type === 'host-tap') return tap(fields, where).map((one) => ({ type, ...one }));
    if (type === 'vhost-user') return socket(fields, where).map((one) => ({ type, ...one }));
    if (type === undefined) return [];
    const whose = type === 'vfio' ? '; only Kata’s Go runtime takes vfio devices' : '';
    return rust.refuse(place, `the reader knows host-tap and vhost-user, and no ${JSON.stringify(type)}${whose}`);
  };
}

// In a list the tag is the first of the values.
function tagsOf(node: JsonNode & { readonly kind: 'array' | 'object' }): readonly JsonNode[] {
  if (node.kind === 'array') return node.items.slice(0, 1);
  return node.members.flatMap(({ key, value }) => (key === 'type' ? [value] : []));
}
