import type { DerivedNames } from '../model/identity.ts';
import type { Link } from '../model/link.ts';
import type { Operation } from '../model/operation.ts';
import type { OwnLink } from './device.ts';
import { findOwn, linkFaults } from './tap.ts';

/** Makes a veth pair: `host` is its end on the host, `far` that in the pod or at a switch, `mtu` is in bytes. */
export function addPair(host: OwnLink, far: OwnLink, { vethMacs }: DerivedNames, mtu: number): Operation {
  return {
    op: 'veth-add',
    in: 'host',
    host: { name: host.name, mac: vethMacs.host },
    far: { in: far.in, name: far.name, mac: vethMacs.far },
    mtu,
  };
}

/** How an end of a veth pair differs from what ADD made. `links` are the kernel's links; `mtu` is in bytes. */
export function pairEndFaults(
  end: OwnLink,
  links: readonly Link[],
  { mtu, master }: { readonly mtu: number; readonly master?: string | undefined },
): readonly string[] {
  return linkFaults(end.name, end, findOwn(end, links), (link) => [
    ['kind', link.kind, 'veth'],
    ['master', link.master, master],
    ['MTU', link.mtu, mtu],
  ]);
}
