import { hiddenLinkCure } from '../../attach/hidden-links.ts';
import { type JsonObject, objectIn, stringIn } from '../../json/object.ts';
import { bridgeOf } from '../../kinds/kinds.ts';
import { linkNameOf } from '../../model/identity.ts';
import { type Attachment, isSettled } from '../../node/attachments/attachments.ts';
import type { InventoryItem } from '../../node/attachments/join.ts';
import type { Standing, State } from '../../node/attachments/standing.ts';
import type { CniFacts } from '../../node/cni/facts.ts';
import { printable } from '../../command/printable.ts';
import { addressesIn, removal } from '../del-command.ts';
import { partText } from '../node-texts.ts';
import type { Meaning, Paint } from '../text/paint.ts';

/** An attachment in the form of `--json`, from which `dan list` and `dan show` also make their lines. */
export interface Described {
  readonly network: string;
  readonly sandbox: string;
  readonly ifname: string;
  /** Kind of the device; undefined if nothing names it. */
  readonly device: string | undefined;
  /** The derived name. */
  readonly link: string;
  readonly bridge: string | undefined;
  readonly guestMac: string | undefined;
  readonly addresses: readonly string[];
  readonly netns: string | undefined;
  readonly file: string | undefined;
  /** The sandbox that it was plugged into while running; undefined if the virtual machine gets it from the file. */
  readonly pluggedInto: string | undefined;
  readonly state: State;
  readonly parts: readonly string[];
  /** What exists of it, if it is not whole. */
  readonly left: readonly string[];
  /** How to fix it, or to remove what is left. */
  readonly cure: string | undefined;
}

/** What a table shows of an attachment. */
export type Summary = Pick<
  Described,
  'addresses' | 'device' | 'ifname' | 'link' | 'network' | 'parts' | 'sandbox' | 'state'
>;

/** Summarizes an attachment. Pure. */
export function summarize({ item, standing }: Attachment): Summary {
  const { identity, link, record } = item;
  const { network, sandbox, ifname } = identity;
  const { state, parts } = standing;
  const info = infoOf(item);
  const device = record?.device.kind ?? stringIn(objectIn(info['device'])['type']);
  return { network, sandbox, ifname, device, link, addresses: addressesIn(info), state, parts: parts.map(partText) };
}

/** Describes an attachment. Pure. */
export function describe(attachment: Attachment, cni: CniFacts): Described {
  const { item, standing } = attachment;
  const { record, entry } = item;
  const { network, sandbox, ifname, device, link, addresses, state, parts } = summarize(attachment);
  return {
    ...{ network, sandbox, ifname, device, link },
    bridge: record === undefined ? undefined : bridgeOf(record.device),
    guestMac: record?.guestMac ?? stringIn(infoOf(item)['guest_mac']),
    addresses,
    netns: record?.netns,
    file: entry?.file,
    pluggedInto: record?.plugged?.sandbox,
    ...{ state, parts },
    left: isSettled(standing) ? [] : leftOf(item),
    cure: cureOf(item, standing, cni),
  };
}

// Someone may have edited the entry arbitrarily.
function infoOf({ entry, record }: InventoryItem): JsonObject {
  return entry?.entry ?? (record?.entry as JsonObject | undefined) ?? {};
}

const meanings = {
  attached: 'good',
  changing: 'faint',
  altered: 'warning',
  incomplete: 'bad',
  orphan: 'bad',
  unsure: 'warning',
} as const satisfies Record<State, Meaning>;

/** The state of an attachment and the reasons for it, for a terminal. */
export function stateText({ state, parts }: Pick<Described, 'parts' | 'state'>, paint: Paint): string {
  const due = parts.length === 0 ? '' : `: ${printable(parts.join(', '))}`;
  return `${paint(meanings[state], state)}${due}`;
}

/** The place of a link, for a person. */
export function whereText(netns: string | undefined): string {
  return netns === undefined ? 'on the host' : `in ${netns}`;
}

function leftOf({ record, entry, links, port, link: name }: InventoryItem): readonly string[] {
  return [
    ...(record === undefined ? [] : [`record ${name}`]),
    ...links.map(({ netns, link }) => `link ${link.name} ${whereText(netns)}`),
    ...(entry === undefined ? [] : [`entry ${entry.index} in ${entry.file}`]),
    ...(port === undefined ? [] : [`port ${port.name} in the Open vSwitch at ${port.database}`]),
  ];
}

function cureOf(item: InventoryItem, { state, parts }: Standing, cni: CniFacts): string | undefined {
  if (state === 'attached' || state === 'changing') return undefined;
  if (state === 'unsure') return 'find out why the place could not be read, then run the command again';
  if (parts.every(({ is }) => is === 'link-hidden')) return `${hiddenLinkCure}; then restart the pod`;
  const command =
    linkNameOf(item.identity) === item.link
      ? removal(item, cni)
      : 'run DEL with the configuration of its network: its name is long, and only a hash of it is known';
  // Nothing runs without a namespace. In all other cases a pod may run, and the command would disconnect it.
  if (parts.some(({ is }) => is === 'pod-gone')) return command;
  return (
    'restart the pod if it runs: its runtime detaches it and attaches the new one. Only if the runtime no longer knows ' +
    `the sandbox ("crictl pods --id ${item.identity.sandbox}"), ${command}`
  );
}
