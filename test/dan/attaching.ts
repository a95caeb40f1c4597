import { planFixed } from '../../src/attach/allocate.ts';
import { encode } from '../../src/dan/encode.ts';
import { profileFaults } from '../../src/dan/limits.ts';
import { withEntry } from '../../src/dan/merge.ts';
import { ethernetMtu } from '../../src/model/mtu.ts';
import { CniError } from '../../src/protocol/error.ts';
import { taskOf } from '../attach/task.ts';
import type { RawCase } from './network-configurations.ts';

/**
 * The text of the file that an ADD would write for a configuration with fixed addresses on a bridge of the usual MTU;
 * undefined where dan refuses the configuration. Everything between here and there is pure.
 */
export function fileFor({ network, networkQueues }: RawCase): string | undefined {
  try {
    const task = taskOf({ ...network });
    const { config, profile, names, identity } = task;
    const { device: kind, queuePairs, queueSize, neighbors } = config;
    if (profileFaults(profile, { device: kind, queuePairs, networkQueues, neighbors }).length > 0) return undefined;
    const [mtu, guestMac] = [config.mtu ?? ethernetMtu, config.mac ?? names.guestMac];
    const { addresses, routes } = planFixed(task, { mtu, guestMac, document: undefined });
    const entry = encode(profile, {
      network: identity.network,
      ifname: identity.ifname,
      guestMac,
      device: { kind, tapName: names.link, queuePairs, queueSize },
      mtu,
      addresses: addresses.map(({ address }) => address),
      routes,
      neighbors,
    });
    return JSON.stringify(withEntry(undefined, null, entry));
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}
