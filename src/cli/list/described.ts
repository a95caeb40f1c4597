import type { InventoryItem } from '../../node/attachments/join.ts';
import { bridgeOf } from '../../kinds/kinds.ts';
import { deriveNames } from '../../model/identity.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { delCommand } from '../del-command.ts';
import type { CniFacts } from '../../node/cni/facts.ts';
import type { Attachment } from '../../node/attachments/attachments.ts';
import type { Standing } from '../../node/attachments/standing.ts';
import { partText } from './part-text.ts';

/** An attachment as `--json` has it, and as lines are made from. */
export interface Described {
  readonly network: string;
  readonly sandbox: string;
  readonly ifname: string;
  /** Kind of the device, as far as anything tells. */
  readonly device: string | undefined;
  /** The derived name. */
  readonly link: string;
  readonly bridge: string | undefined;
  readonly guestMac: string | undefined;
  readonly addresses: readonly string[];
  readonly netns: string | undefined;
  readonly file: string | undefined;
  readonly state: Standing['state'];
  readonly parts: readonly string[];
  /** What there is of it, for one that is not whole. */
  readonly left: readonly string[];
  /** What mends it, or removes what is left. */
  readonly cure: string | undefined;
}

/** Describes an attachment. Pure. */
export function describe({ item, standing }: Attachment, cni: CniFacts): Described {
  const { identity, link, record, entry } = item;
  const { network, sandbox, ifname } = identity;
  const info: JsonObject = entry?.entry ?? (record?.entry as JsonObject | undefined) ?? {};
  const isWhole = standing.state === 'attached' || standing.state === 'changing';
  return {
    network,
    sandbox,
    ifname,
    device: record?.device.kind ?? typeIn(info),
    link,
    bridge: record === undefined ? undefined : bridgeOf(record.device),
    guestMac: record?.guestMac ?? textIn(info, 'guest_mac'),
    addresses: addressesIn(info),
    netns: record?.netns,
    file: entry?.file,
    state: standing.state,
    parts: standing.parts.map(partText),
    left: isWhole ? [] : leftOf(item),
    cure: cureOf(item, standing, cni),
  };
}

function typeIn(entry: JsonObject): string | undefined {
  return isObject(entry['device']) ? textIn(entry['device'], 'type') : undefined;
}

function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

function addressesIn(entry: JsonObject): readonly string[] {
  const info = isObject(entry['network_info']) ? entry['network_info'] : {};
  const addresses = isObject(info['interface']) ? info['interface']['ip_addresses'] : [];
  return Array.isArray(addresses) ? addresses.filter((address) => typeof address === 'string') : [];
}

function leftOf({ record, entry, links, port, link: name }: InventoryItem): readonly string[] {
  return [
    ...(record === undefined ? [] : [`record ${name}`]),
    ...links.map(({ netns, link }) => `link ${link.name} ${netns === undefined ? 'on the host' : `in ${netns}`}`),
    ...(entry === undefined ? [] : [`entry ${entry.index} in ${entry.file}`]),
    ...(port === undefined ? [] : [`port ${port.name} in the Open vSwitch at ${port.database}`]),
  ];
}

function cureOf(item: InventoryItem, { state, parts }: Standing, cni: CniFacts): string | undefined {
  const command = commandFor(item, cni);
  switch (state) {
    case 'attached':
    case 'changing':
      return undefined;
    case 'unsure':
      return 'see why the place could not be read, and ask again';
    case 'altered':
    case 'incomplete':
    case 'orphan':
      // Nothing runs without a namespace. Everything else may be a pod's that does, which the command would cut off.
      if (parts.some(({ is }) => is === 'pod-gone')) return command;
      return (
        'restart the pod if it runs: its runtime detaches it, and attaches the next one anew. Only if the runtime does ' +
        `not know it any more ("crictl pods --id ${item.identity.sandbox}"): ${command}`
      );
    default:
      return state satisfies never;
  }
}

function commandFor(item: InventoryItem, cni: CniFacts): string {
  if (deriveNames(item.identity).link === item.link) return delCommand(item, cni);
  return 'its network has a long name, of which the alias has only a hash: DEL with the configuration of that network';
}
