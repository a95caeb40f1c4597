import type { PortVlan, VlanRange } from '../model/vlan.ts';
import type { AnyTap } from './tap.ts';

/** The VLANs that a configuration gives a port: an untagged one, and those that the guest sees tagged. */
interface PortVlans {
  readonly vlan?: number | undefined;
  readonly trunk?: readonly VlanRange[] | undefined;
}

type TapWithVlans = AnyTap & PortVlans;

/** How the VLANs of a tap's port differ from what ADD made. An additional one is a fault, too: it is a way out. */
export function vlanFaults({ tap, vlan, trunk }: TapWithVlans, there: readonly PortVlan[]): readonly string[] {
  if (!hasVlans({ vlan, trunk })) return [];
  const made = [
    ...(vlan === undefined ? [] : [{ first: vlan, last: vlan, untagged: true }]),
    ...(trunk ?? []).map((range) => ({ ...range, untagged: false })),
  ];
  const [is, was] = [there, made].map(vlanText);
  return is === was ? [] : [`tap ${tap.name}: VLANs are ${is ?? ''}, and were made ${was ?? ''}`];
}

/** Whether a port has VLANs of its own. If so, it has no others. */
export function hasVlans({ vlan, trunk }: PortVlans): boolean {
  return vlan !== undefined || trunk !== undefined;
}

function vlanText(vlans: readonly PortVlan[]): string {
  const single = vlans.flatMap(({ first, last, untagged }) =>
    Array.from({ length: last - first + 1 }, (_, at) => `${first + at}${untagged ? ' untagged' : ''}`),
  );
  return single.length === 0
    ? 'none'
    : single.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).join(', ');
}
