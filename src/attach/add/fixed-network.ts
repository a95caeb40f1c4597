import type { NetworkConfig } from '../../config/interpret.ts';
import { mtuFaults } from '../../dan/limits.ts';
import { profiles } from '../../dan/profile.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { danError } from '../../model/error.ts';
import { deriveNames, type SandboxId } from '../../model/identity.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { ethernetMtu } from '../../model/mtu.ts';
import type { CniError } from '../../protocol/error.ts';
import { planNetwork } from './allocate.ts';

/** A sample attachment: the faults found here apply to every attachment. */
const example = { sandbox: 'example' as SandboxId, ifname: 'eth0' as InterfaceName };

/**
 * Faults of the MTU, addresses and routes in the configuration itself for which an ADD refuses it, without a look at
 * the node. Addresses and gateways from an IPAM plugin or from a link in the pod are not known here.
 */
export function fixedNetworkFaults(config: NetworkConfig, network: string): readonly CniError[] {
  const { device, ipamType } = config;
  const kind = kindOf(device);
  if (kind.addresses !== 'own') return [];
  const profile = profiles[config.runtime];
  const { mtu = ethernetMtu } = kind.wants(device);
  const faults = mtuFaults(profile, kind.attachedAs, mtu).map((text) => danError('not-carried-by-profile', text));
  if (ipamType !== undefined) return faults;
  const identity = { network, ...example };
  const addresses = config.addresses.map((address) => ({ address }));
  const given = { addresses, routes: [], neighbors: [], dns: {} };
  const surroundings = { mtu, guestMac: deriveNames(identity).guestMac };
  planNetwork({ config, identity, profile }, surroundings, undefined, given, (fault) => faults.push(fault));
  return faults;
}
