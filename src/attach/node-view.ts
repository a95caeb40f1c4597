import type { NetworkConfig } from '../config/network.ts';
import { type BridgeFacts, bridgeFacts, mtuBelowBridge } from '../device/bridge.ts';
import { readLinks, readLinksOf, readPorts } from '../host/links.ts';
import type { Log } from '../host/log.ts';
import { hasPinnedMac } from '../host/sysfs.ts';
import { danError } from '../model/error.ts';
import type { DerivedNames } from '../model/identity.ts';
import { ethernetMtu, type Mtu, parseMtu } from '../model/mtu.ts';
import { protocolError } from '../protocol/error.ts';

/** What ADD needs to know of the node before it makes a tap. */
export interface NodeView {
  readonly bridge: BridgeFacts | undefined;
  /** The bridge's MAC would follow the tap. */
  readonly pinBridgeMac: boolean;
  readonly mtu: Mtu;
}

/**
 * Looks at the bridge, the tap's name and the pod's namespace, and refuses what would not work there:
 * `tap-not-ours`, `pod-link-hidden`, `mtu-below-bridge`, and what `bridgeFacts` refuses. Changes nothing.
 */
export async function lookAtNode(
  config: NetworkConfig,
  names: DerivedNames,
  netns: string,
  log: Log,
): Promise<NodeView> {
  const { bridge: wanted, commandTimeout } = config;
  const [links, podLinks] = await Promise.all([
    readLinks([names.link, ...(wanted === null ? [] : [wanted])], commandTimeout),
    readLinksOf(netns, commandTimeout),
  ]);
  const taken = links.find(({ name, altnames }) => name === names.link || altnames.includes(names.link));
  if (taken !== undefined) throw tapNotOurs(names, taken.alias);
  refuseHiddenLinks(netns, podLinks);

  const bridgeLink = links.find(({ name, altnames }) => name === wanted || altnames.includes(wanted ?? ''));
  if (wanted === null) return { bridge: undefined, pinBridgeMac: false, mtu: config.mtu ?? ethernetMtu };
  const bridge = bridgeFacts(wanted, bridgeLink, config.vlan !== undefined || config.trunk !== undefined);
  const mtu = config.mtu ?? mtuOf(bridge);
  await refuseMtuBelow(bridge, mtu, commandTimeout);
  if (mtu > bridge.mtu) {
    log('warn', "the MTU is above the bridge's: larger frames do not leave it", {
      mtu,
      bridge: bridge.name,
      bridgeMtu: bridge.mtu,
    });
  }
  return { bridge, pinBridgeMac: bridgeLink !== undefined && !hasPinnedMac(bridgeLink), mtu };
}

function tapNotOurs({ link }: DerivedNames, alias: string | undefined): Error {
  return danError(
    'tap-not-ours',
    `the tap is to be named ${link}, and a link of that name exists that no record claims ` +
      `(alias ${JSON.stringify(alias ?? '')}): see with "ip -d link show ${link}" whose it is; if nobody's, delete it`,
  );
}

// Kata reads a DAN file instead of the pod's namespace: what is configured there would silently vanish.
function refuseHiddenLinks(netns: string, links: readonly { name: string; addresses: readonly string[] }[]): void {
  const hidden = links.find(({ name, addresses }) => name !== 'lo' && addresses.length > 0);
  if (hidden === undefined) return;
  throw danError(
    'pod-link-hidden',
    `the pod's namespace ${netns} has the link ${hidden.name} with ${hidden.addresses.join(', ')}, which the guest would ` +
      'lose: Kata reads a DAN file instead of the namespace. Take that network away from the pod, or attach its link ' +
      'with the device "tcfilter"',
  );
}

async function refuseMtuBelow(bridge: BridgeFacts, mtu: Mtu, timeoutSeconds: number): Promise<void> {
  if (mtu >= bridge.mtu) return;
  const ports = await readPorts(bridge.name, timeoutSeconds);
  const fault = mtuBelowBridge(
    bridge,
    mtu,
    ports.map((port) => port.mtu),
  );
  if (fault !== undefined) throw danError('mtu-below-bridge', fault);
}

function mtuOf(bridge: BridgeFacts): Mtu {
  const parsed = parseMtu(bridge.mtu);
  if (parsed.ok) return parsed.value;
  throw protocolError(
    'invalid-configuration',
    `the MTU ${bridge.mtu} of bridge ${bridge.name} ${parsed.why}: set "mtu"`,
  );
}
