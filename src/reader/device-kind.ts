import type { JsonNode, JsonText } from './json-tree.ts';
import { SerdeReader } from './serde.ts';
import { defaulted, required } from './serde-field.ts';

interface Queues {
  /** Queue pairs; 0 leaves the count to the runtime's configuration. */
  readonly queue_num: number;
  /** 0 leaves the size to the runtime. */
  readonly queue_size: number;
}

type VhostUserDevice = Queues & { readonly type: 'vhost-user'; readonly path: string };
type HostTapDevice = Queues & { readonly type: 'host-tap'; readonly tap_name: string };
/** What a device of a file is plugged into. */
export type DanDeviceKind = VhostUserDevice | HostTapDevice;

/** How many containers lie around the members of a device: the file, its devices, the device, its kind. */
const depthOfMembers = 4;

/**
 * The `device` of an entry: an internally tagged enum (`#[serde(tag = "type")]` in Kata's dan.rs). serde reads all of
 * it into a buffer before it looks at a single field, so what is broken anywhere in it comes before what is wrong in
 * the first field, and errors of fields carry the position behind the whole device.
 */
export function readDeviceKind(json: JsonText, serde: SerdeReader, node: JsonNode): DanDeviceKind {
  if (node.kind === 'object') {
    let type: DanDeviceKind['type'] | undefined;
    for (const { key, value } of node.members) {
      if (serde.string(key) !== 'type') serde.buffer(serde.sound(value), depthOfMembers);
      else if (type !== undefined) throw serde.error('duplicate field `type`', serde.after(key.end));
      else type = readVariant(serde, serde.sound(value));
    }
    const end = serde.closed(node.end);
    if (type === undefined) throw serde.error('missing field `type`', end);
    return readVariantFields(json, type, node);
  }
  if (node.kind === 'array') {
    const [tag, ...items] = node.items;
    const type = tag === undefined ? undefined : readVariant(serde, tag);
    for (const item of items) serde.buffer(item, depthOfMembers);
    const end = serde.closed(node.end);
    if (type === undefined) throw serde.error('missing field `type`', end);
    return readVariantFields(json, type, { ...node, items });
  }
  throw serde.mismatch(node, 'internally tagged enum Device');
}

function readVariant(serde: SerdeReader, node: JsonNode): DanDeviceKind['type'] {
  const variant = serde.string(node, 'variant identifier');
  if (variant === 'vhost-user' || variant === 'host-tap') return variant;
  throw serde.error(`unknown variant \`${variant}\`, expected \`vhost-user\` or \`host-tap\``, serde.closed(node.end));
}

function readVariantFields(json: JsonText, type: DanDeviceKind['type'], node: JsonNode): DanDeviceKind {
  const content = new SerdeReader(json, true);
  const string = required((value) => content.string(value));
  const usize = defaulted(
    (value) => content.unsigned(value, 64, 'usize'),
    () => 0,
  );
  const queues = { queue_num: usize, queue_size: usize };
  switch (type) {
    case 'vhost-user': {
      const fields = { path: string, ...queues };
      return { type, ...content.struct(node, 'struct variant Device::VhostUser', fields, 'type') };
    }
    case 'host-tap': {
      const fields = { tap_name: string, ...queues };
      return { type, ...content.struct(node, 'struct variant Device::HostTap', fields, 'type') };
    }
  }
}
