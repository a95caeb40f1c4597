import { allocateKnown } from '../../src/attach/add/allocate.ts';
import { encode } from '../../src/dan/encode.ts';
import { mtuFaults, profileFaults } from '../../src/dan/limits.ts';
import { withEntry } from '../../src/dan/merge.ts';
import type { NodeView } from '../../src/kinds/device.ts';
import { planDevice } from '../../src/kinds/kinds.ts';
import { CniError } from '../../src/protocol/error.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { taskOf } from '../attach/add/task.ts';
import { nodeView } from '../kinds/node.ts';

/**
 * The text of the file that an ADD would write for a configuration whose addresses are known without asking anybody,
 * with a bridge of the usual MTU or in a pod; undefined where dan refuses. Everything between here and there is pure.
 */
export function fileFor(network: object, networkQueues: number, changes: Partial<NodeView> = {}): string | undefined {
  try {
    const task = taskOf(network as JsonObject);
    const { config, profile, identity } = task;
    const view = nodeView(changes);
    const plan = planDevice(config.device, view);
    const { queuePairs } = config.device;
    const demand = { device: plan.attached.kind, queuePairs, networkQueues, neighbors: config.neighbors };
    const faults = [...profileFaults(profile, demand), ...mtuFaults(profile, demand.device, plan.mtu)];
    if (faults.length > 0) return undefined;
    const { addresses, routes, neighbors } = allocateKnown({ ...task, plan, view, document: undefined });
    const entry = encode(profile, {
      network: identity.network,
      ifname: identity.ifname,
      guestMac: plan.guestMac,
      device: plan.attached,
      mtu: plan.mtu,
      addresses: addresses.map(({ address }) => address),
      routes,
      neighbors,
    });
    return JSON.stringify(withEntry(undefined, plan.place === 'pod' ? '/run/netns/pod' : null, entry));
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}
