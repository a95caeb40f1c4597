import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Mtu } from '../model/mtu.ts';
import type { OvsView } from '../model/ovs.ts';
import { type BridgeFacts, bridgeFacts, bridgeMtu, type BridgeView, refuseMtuBelow } from './bridge.ts';
import { type OvsFacts, ovsMtu, refuseMtuBelowOvs } from './ovs-bridge.ts';

/** What a "bridge" of a configuration turned out to be. */
export type Switch =
  | { readonly kind: 'linux'; readonly bridge: BridgeFacts }
  | { readonly kind: 'ovs'; readonly ovs: OvsFacts };

/** What a switch is found by. */
export interface SwitchView extends BridgeView {
  readonly ovs: OvsView | undefined;
}

/**
 * Finds out what a bridge is. Throws `bridge-ambiguous` for a name that is both, and what `bridgeFacts` throws for one
 * that Open vSwitch does not have.
 */
export function findSwitch(name: InterfaceName, view: SwitchView, wantsVlans: boolean): Switch {
  const { ovs, bridge } = view;
  if (ovs?.bridge !== undefined) return { kind: 'ovs', ovs: findOvsBridge(name, view) };
  if (ovs !== undefined && bridge === undefined) throw missingInBoth(name, ovs);
  return { kind: 'linux', bridge: bridgeFacts(name, view, wantsVlans) };
}

/**
 * Finds a bridge that must be one of Open vSwitch. Throws `bridge-missing`, `not-a-bridge` for another link of that name,
 * `bridge-ambiguous` for a Linux bridge beside it.
 */
export function findOvsBridge(name: InterfaceName, { bridge: link, ovs }: SwitchView): OvsFacts {
  if (ovs === undefined || (ovs.bridge === undefined && link === undefined)) throw missingInBoth(name, ovs);
  const { bridge, database } = ovs;
  if (bridge === undefined) {
    throw danError(
      'not-a-bridge',
      `"bridge" names ${name}, which is a ${link?.kind === 'bridge' ? 'Linux bridge' : 'link'}, and the Open vSwitch at ` +
        `${database} has none of that name: name one of its bridges, or use "device": "host-tap" without "ovs"`,
    );
  }
  if (link?.kind === 'bridge') {
    throw danError(
      'bridge-ambiguous',
      `"bridge" names ${name}, which is both a Linux bridge and one of the Open vSwitch at ${database}: rename or delete ` +
        'one of them',
    );
  }
  return { ...ovs, bridge };
}

function missingInBoth(name: InterfaceName, ovs: OvsView | undefined): Error {
  return danError(
    'bridge-missing',
    `the bridge "${name}" is neither a link in the host's network namespace nor a bridge of the Open vSwitch` +
      `${ovs === undefined ? '' : ` at ${ovs.database}`}: ` +
      `make it, with "ip link add ${name} type bridge" or "ovs-vsctl add-br ${name}", or name another in "bridge"`,
  );
}

/**
 * The MTU of a port: the one that is asked for, or else the switch's. Throws `mtu-below-bridge` for one that would sink
 * the switch's own.
 */
export function mtuOfPort(found: Switch, asked: Mtu | undefined): Mtu {
  if (found.kind === 'linux') {
    const mtu = asked ?? bridgeMtu(found.bridge);
    refuseMtuBelow(found.bridge, mtu);
    return mtu;
  }
  const mtu = asked ?? ovsMtu(found.ovs);
  refuseMtuBelowOvs(found.ovs, mtu);
  return mtu;
}

/** A warning about a port whose MTU is above the switch's. */
export function mtuWarnings(found: Switch, mtu: Mtu): readonly string[] {
  const { name, mtu: most = mtu } = found.kind === 'linux' ? found.bridge : found.ovs.bridge;
  return mtu <= most ? [] : [`the MTU ${mtu} is above that of bridge ${name}, ${most}: larger frames do not leave it`];
}
