import { kernel } from '#kernel';
import { kindOf, wantsOf } from '../../../kinds/kinds.ts';
import type { InterfaceName } from '../../../model/interface-name.ts';
import type { Link } from '../../../model/link.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';

/** The bridge that a tap on the host is to be a port of. */
export interface BridgeFacts {
  readonly name: InterfaceName;
  /** The networks that name it without "ovs": it may also be one of Open vSwitch. */
  readonly networks: readonly string[];
  /** The host's link of that name; undefined: there is none. */
  readonly link: Link | undefined;
}

function namedBridges(networks: readonly DanNetwork[]): ReadonlyMap<InterfaceName, readonly string[]> {
  const named = networks.flatMap(({ name, config }) => {
    // A kind that takes bridges of Open vSwitch alone is asked about there.
    if (config === undefined || kindOf(config.device).switches !== 'any') return [];
    const { bridge, database } = wantsOf(config.device);
    return bridge === null || database !== undefined ? [] : [{ name, bridge }];
  });
  const grouped = Map.groupBy(named, ({ bridge }) => bridge);
  return new Map([...grouped].map(([bridge, by]) => [bridge, [...new Set(by.map(({ name }) => name))]]));
}

/** Looks at the bridges that networks name. A text: why that could not be done. */
export async function lookAtBridges(networks: readonly DanNetwork[]): Promise<readonly BridgeFacts[] | string> {
  const named = namedBridges(networks);
  try {
    const links = await kernel.readLinks([...named.keys()], 'host', { timeoutSeconds: 10 });
    return [...named].map(([name, by]) => ({
      name,
      networks: by,
      link: links.find((link) => link.name === name || link.altnames.includes(name)),
    }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
