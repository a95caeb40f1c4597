import type { AttachmentRecord } from '../../attach/record.ts';
import { functionOf } from '../../kinds/kinds.ts';
import type { Counters, Link, LinkCounters } from '../../model/link.ts';
import type { InventoryItem } from '../../node/attachments/join.ts';
import type { HeldLock } from '../../node/locks.ts';
import { type Described, stateText, whereText } from '../list/described.ts';
import type { Paint } from '../text/paint.ts';
import { printable } from '../../command/printable.ts';
import { advice } from '../text/wrap.ts';

/** A link with its counters. */
export interface DetailedLink {
  readonly netns: string | undefined;
  readonly link: Link;
  /** undefined if the link disappeared meanwhile, or cannot be read. */
  readonly counters: LinkCounters | undefined;
}

/** Everything about one attachment. */
export interface Details {
  readonly described: Described;
  readonly recordPath: string | undefined;
  readonly record: AttachmentRecord | undefined;
  readonly entry: InventoryItem['entry'];
  readonly links: readonly DetailedLink[];
  readonly port: InventoryItem['port'];
  /** What CHECK would find; undefined without a record, which CHECK needs. */
  readonly check: readonly string[] | undefined;
}

/** A sandbox with everything that belongs to it. */
export interface Sandbox {
  readonly id: string;
  /** undefined if nobody holds it. */
  readonly lock: HeldLock | undefined;
  readonly attachments: readonly Details[];
}

/** Everything about a sandbox, for a person. Pure. */
export function report({ id, lock, attachments }: Sandbox, paint: Paint): string {
  return [
    `${paint('strong', 'sandbox')} ${printable(id)}`,
    field('lock', lockText(lock)),
    ...attachments.flatMap((attachment) => ['', ...describeOne(attachment, paint)]),
    '',
  ].join('\n');
}

/** Everything about a sandbox, for a program. Pure. */
export function toJson({ id, lock, attachments }: Sandbox): object {
  return {
    sandbox: id,
    lock: lock === undefined ? null : { path: lock.path, holder: lock.holder ?? null },
    attachments: attachments.map(({ described, record, entry, links, port, check }) => ({
      ...described,
      record: record ?? null,
      entry: entry ?? null,
      links: links.map(({ netns, link, counters }) => ({ netns: netns ?? null, ...link, counters: counters ?? null })),
      port: port ?? null,
      check: check ?? null,
    })),
  };
}

function lockText(lock: HeldLock | undefined): string {
  if (lock === undefined) return 'free';
  const { holder, path } = lock;
  if (holder === undefined) return `held by a process that is not visible from here (${path})`;
  return `held for at most ${holder.seconds} s by process ${holder.pid}: ${holder.command} (${path})`;
}

function describeOne(details: Details, paint: Paint): readonly string[] {
  const { described, record, entry, links, port, check } = details;
  const { network, ifname, device = 'unknown', bridge, guestMac, addresses, cure } = described;
  const optional = (name: string, text: string | undefined): string[] =>
    text === undefined ? [] : [field(name, text)];
  return [
    `${paint('strong', printable(ifname))} of network ${printable(network)}: ${stateText(described, paint)}`,
    field('device', `${device} ${described.link}${bridge === undefined ? '' : `, bridge ${bridge}`}`),
    ...optional('pci', functionText(record)),
    ...optional('guest', guestMac === undefined ? undefined : [guestMac, ...addresses].join(', ')),
    field('record', details.recordPath ?? 'none'),
    ...optional('pod', record?.netns),
    ...optional('plug', record?.plugged === undefined ? undefined : plugText(record.plugged)),
    ...optional('ipam', record?.ipam?.type),
    ...links.map((link) => field('link', linkText(link))),
    ...optional('port', port === undefined ? undefined : portText(port)),
    ...optional('check', check === undefined ? undefined : check.length === 0 ? 'as ADD made it' : check.join('; ')),
    ...(cure === undefined ? [] : [`  fix     ${advice(cure, '          ').trimStart()}`]),
    field('entry', entry === undefined ? 'none' : `${entry.index} in ${entry.file}`),
    ...(entry === undefined ? [] : [json(entry.entry)]),
  ];
}

function functionText(record: AttachmentRecord | undefined): string | undefined {
  const taken = record && functionOf(record.device);
  return taken && `${taken.address}, function ${taken.number} of ${taken.physical.link}, IOMMU group ${taken.group}`;
}

function field(name: string, text: string): string {
  return `  ${name.padEnd(6)}  ${printable(text)}`;
}

// Indented JSON, with control characters from texts made harmless.
function json(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split('\n');
  return lines.map((line) => `          ${printable(line)}`).join('\n');
}

function linkText({ netns, link, counters }: DetailedLink): string {
  const { name, kind = 'link', up, mtu, mac, master } = link;
  return [
    `${name} (${kind === 'tun' ? 'tap' : kind}) ${whereText(netns)}: ${up ? 'up' : 'down'}`,
    `MTU ${mtu}`,
    ...(mac === undefined ? [] : [`MAC ${mac}`]),
    ...(master === undefined ? [] : [`master ${master}`]),
    ...(counters === undefined
      ? []
      : [`received ${countersText(counters.received)}`, `sent ${countersText(counters.sent)}`]),
  ].join(', ');
}

function countersText({ packets, bytes, errors, dropped }: Counters): string {
  const bad = [...(errors > 0 ? [`${errors} errors`] : []), ...(dropped > 0 ? [`${dropped} dropped`] : [])];
  return `${packets} packets (${[`${bytes} bytes`, ...bad].join(', ')})`;
}

function plugText({ sandbox, door, id, bus, slot }: NonNullable<AttachmentRecord['plugged']>): string {
  const where = slot === undefined ? 'not yet' : `${bus === undefined ? '' : `bus ${bus}, `}slot ${slot.toString(16)}`;
  return `${id} into ${sandbox}, which ran, by ${door.kind} at ${door.socket}: ${where}`;
}

function portText({ name, database, bridge, error }: NonNullable<Details['port']>): string {
  const where = `${name}${bridge === undefined ? '' : ` of bridge ${bridge}`} in the Open vSwitch at ${database}`;
  return error === undefined ? `${where}: the switch runs it` : `${where}: ${error}`;
}
