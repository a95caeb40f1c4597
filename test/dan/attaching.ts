import { allocateKnown } from '../../src/attach/add/allocate.ts';
import { entryOf } from '../../src/attach/add/sandbox-file.ts';
import { mtuFaults, profileFaults } from '../../src/dan/limits.ts';
import { type ExistingDocument, withEntry } from '../../src/dan/merge.ts';
import type { NodeView } from '../../src/kinds/device.ts';
import { planDevice } from '../../src/kinds/kinds.ts';
import { deriveNames } from '../../src/model/identity.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import { CniError } from '../../src/protocol/error.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { taskOf } from '../attach/add/task.ts';
import { nodeView } from '../kinds/node.ts';

/**
 * The file that an ADD would write for a configuration whose addresses are known without an IPAM plugin, with a bridge
 * of the usual MTU or in a pod; undefined if dan refuses. All of this is pure.
 */
export function fileFor(network: object, networkQueues: number, changes: Partial<NodeView> = {}): string | undefined {
  const document = attached(undefined, { network, networkQueues, changes });
  return document === undefined ? undefined : JSON.stringify(document);
}

/** The file after an ADD for each of several networks of one sandbox, except those that dan refuses. */
export function fileOfSandbox(networks: readonly object[]): string | undefined {
  let document: ExistingDocument | undefined;
  for (const [at, network] of networks.entries()) {
    document = attached(document, { network, networkQueues: 1, ifname: `eth${at}` }) ?? document;
  }
  return document === undefined ? undefined : JSON.stringify(document);
}

interface Attaching {
  readonly network: object;
  readonly networkQueues: number;
  readonly ifname?: string;
  readonly changes?: Partial<NodeView>;
}

function attached(
  document: ExistingDocument | undefined,
  { network, networkQueues, ifname = 'eth0', changes = {} }: Attaching,
): ExistingDocument | undefined {
  try {
    const task = taskOf(network as JsonObject);
    const { config, profile } = task;
    const identity = { ...task.identity, ifname: ifname as InterfaceName };
    const view = nodeView({ names: deriveNames(identity), ...changes });
    const plan = planDevice(config.device, view);
    const { queuePairs } = config.device;
    const demand = { device: plan.attached.kind, queuePairs, networkQueues, neighbors: config.neighbors };
    const faults = [...profileFaults(profile, demand), ...mtuFaults(profile, demand.device, plan.mtu)];
    if (faults.length > 0) return undefined;
    const planned = { ...task, identity, plan, view, document };
    return withEntry(
      document,
      plan.place === 'pod' ? '/run/netns/pod' : null,
      entryOf(planned, allocateKnown(planned)),
    );
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}
