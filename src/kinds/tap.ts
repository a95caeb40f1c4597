import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Operation, Where } from '../model/operation.ts';
import type { QueuePairs } from '../model/queues.ts';
import { type Attribute, differences } from './differences.ts';
import type { CountingLink, OwnLink } from './device.ts';

/** Who may open a tap besides root, by numeric id (tun(4), TUNSETOWNER and TUNSETGROUP). */
export interface TapUsers {
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
}

/** What taps of all device kinds have in common. */
export interface AnyTap extends TapUsers {
  readonly tap: OwnLink;
  readonly mac: string;
  readonly mtu: Mtu;
  readonly queuePairs: QueuePairs;
}

/** dan's own tap, with its own MAC and MTU. */
export interface OwnTap extends OwnLink {
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
}

/** What is common to all kinds whose VMM opens dan's own tap. */
export const withTap = {
  opens: 'tap',
  name: ({ tap }: AnyTap): InterfaceName => tap.name,
  tap: ({ tap, mac, mtu }: AnyTap): OwnTap => ({ ...tap, mac, mtu }),
  counting: ({ tap }: AnyTap): CountingLink => ({ in: tap.in, name: tap.name, guestSent: 'received' }),
} as const;

/** A link that dan makes for an attachment. With a suffix, it is an end of a veth pair (host or pod), or an ifb. */
export function ownLink(names: DerivedNames, where: Where, suffix: '' | 'h' | 'i' | 'p' = ''): OwnLink {
  const name = `${names.link}${suffix}` as InterfaceName;
  const altname = suffix === '' ? names.altname : `${names.altname}-${suffix}`;
  return { in: where, name, altname, alias: names.alias };
}

/** Finds a link of ours, also by its name, in case its altname is gone. */
export function findOwn({ name, altname }: OwnLink, links: readonly Link[]): Link | undefined {
  return links.find((link) => link.name === name || link.altnames.includes(altname));
}

/** Who may open a tap of a configuration. Without an owner, every user may, so root is the owner if none is named. */
export function usersOf({ owner, group }: TapUsers): TapUsers {
  const user = owner ?? (group === undefined ? 0 : undefined);
  return { ...(user === undefined ? {} : { owner: user }), ...(group === undefined ? {} : { group }) };
}

/** Makes a tap. */
export function makeTap({ tap, queuePairs, owner, group }: AnyTap): readonly Operation[] {
  return [
    {
      op: 'tap-add',
      in: tap.in,
      name: tap.name,
      multiQueue: isMultiQueue(queuePairs),
      ...(owner === undefined ? {} : { owner }),
      ...(group === undefined ? {} : { group }),
    },
  ];
}

/** Marks a tap as ours, and sets its MAC and MTU. */
export function markTap({ tap, mac, mtu }: AnyTap): readonly Operation[] {
  return mark(tap, { address: mac, mtu });
}

/** Marks a link as ours by alias and altname, and switches IPv6 off there. */
export function mark(
  link: OwnLink,
  settings: { readonly address?: string; readonly mtu?: number } = {},
): readonly Operation[] {
  const { name, alias, altname } = link;
  return [
    { op: 'link-set', in: link.in, name, alias, ...settings },
    { op: 'altname-add', in: link.in, name, altname },
    // With IPv6 on, a guest's router advertisement would give the host an address and a default route.
    { op: 'ipv6-off', in: link.in, name },
  ];
}

/**
 * How a link of ours differs from what ADD made: its marks, its state, and the attributes of its kind. `what` names it
 * in messages. Empty if nothing differs.
 */
export function linkFaults(
  what: string,
  { alias, altname }: OwnLink,
  link: Link | undefined,
  others: (link: Link) => readonly Attribute[],
): readonly string[] {
  if (link === undefined) return [`${what} is gone`];
  const altnameIs = link.altnames.find((one) => one === altname);
  return differences(what, [
    ['alias', link.alias, alias],
    ['altname', altnameIs, altname],
    ['state', link.up ? 'up' : 'down', 'up'],
    ...others(link),
  ]);
}

/** How a tap differs from what ADD made. `users` says who may open it, if that is known. Empty if nothing differs. */
export function tapFaults(
  { tap, mac, mtu, queuePairs, owner, group }: AnyTap,
  master: string | undefined,
  found: Link | undefined,
  users: TapUsers | undefined,
): readonly string[] {
  return linkFaults(`tap ${tap.name}`, tap, found, (link) => [
    ['kind', link.kind, 'tun'],
    ['MAC', link.mac, mac],
    ['MTU', link.mtu, mtu],
    ['master', link.master, master],
    ['multi-queue mode', link.data['multi_queue'] === true, isMultiQueue(queuePairs)],
    ['vnet_hdr mode', link.data['vnet_hdr'] === true, true],
    ...(users === undefined
      ? []
      : ([
          ['owner', users.owner, owner],
          ['group', users.group, group],
        ] as const)),
  ]);
}

/** Kata opens a tap with IFF_MULTI_QUEUE exactly if it has more than one queue pair; a mismatch fails with EINVAL. */
export function isMultiQueue(queuePairs: number): boolean {
  return queuePairs > 1;
}
