import { utf8 } from '#bytes';
import type { Allocation } from '../../attach/add/addressing.ts';
import { allocateKnown } from '../../attach/add/allocate.ts';
import { contestsOf, recordOf } from '../../attach/add/claim.ts';
import { examine } from '../../attach/add/examine.ts';
import { podLinkHidden } from '../../attach/add/other-networks.ts';
import { entryOf, netnsOfFile } from '../../attach/add/sandbox-file.ts';
import { type PlannedTask, readTask, type Task } from '../../attach/add/task.ts';
import { refuseUnsafeDirectories } from '../../attach/directories.ts';
import { type ExistingDocument, withEntry } from '../../dan/merge.ts';
import { withNetns } from '../../host/netns.ts';
import { isDefault } from '../../model/cidr.ts';
import { linkScope } from '../../model/route.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { parseEnvironment } from '../../protocol/environment.ts';
import type { JsonObject } from '../../json/object.ts';
import { parseInput } from '../../protocol/input.ts';
import { Interruption } from '../../protocol/interruption.ts';
import { assumedNetns, assumePod } from './assumed-pod.ts';
import type { PlannedNetwork } from './networks.ts';
import { type PlannedStep, stepsOf } from './steps.ts';

/** The attachment to plan. */
export interface Wish {
  readonly sandbox: string;
  readonly ifname: string;
  /** Path of the pod's namespace; undefined if a pod is assumed. */
  readonly netns: string | undefined;
}

/** What an ADD would do. */
export interface AttachmentPlan {
  readonly network: string;
  readonly sandbox: string;
  readonly ifname: string;
  readonly device: string;
  readonly runtime: string;
  /** The assumptions about what is unknown, as sentences. */
  readonly assumed: readonly string[];
  /** What ADD would log as warnings. */
  readonly warnings: readonly string[];
  readonly steps: readonly PlannedStep[];
  readonly file: { readonly path: string; readonly document: ExistingDocument };
}

/** Plans an attachment by looking at the node. Changes nothing and takes no lock. Throws what ADD throws. */
export async function planAttachment(network: PlannedNetwork, wish: Wish): Promise<AttachmentPlan> {
  const { netns } = wish;
  return await withNetns(netns ?? '', (pod, opened) => {
    const task = readTask(requestOf(network, wish), () => undefined, netns === undefined ? 'assumed' : opened);
    return planTask(task, pod, network, wish);
  });
}

async function planTask(
  task: Task,
  opened: number | undefined,
  network: PlannedNetwork,
  { sandbox, ifname, netns }: Wish,
): Promise<AttachmentPlan> {
  const { config, identity, danConf } = task;
  const pod = netns === undefined ? assumePod(config, network.before, ifname) : undefined;
  refuseUnsafeDirectories(danConf, config.device);
  const planned = await examine(task, { timeoutSeconds: config.commandTimeout, pod: opened }, pod?.view);
  const { plan, document, hidden } = planned;
  if (hidden !== undefined) throw podLinkHidden(netns ?? assumedNetns, hidden, false);
  for (const { refuse } of contestsOf(plan.exclusives, recordOf(planned, undefined))) refuse();
  const entry = entryOf(planned, allocationOf(planned));
  return {
    network: identity.network,
    sandbox,
    ifname,
    device: config.device.device,
    runtime: config.runtime,
    assumed: [...(pod?.assumptions ?? []), ...assumedAddresses(task)],
    warnings: plan.warnings,
    steps: stepsOf(planned),
    file: { path: task.file, document: withEntry(document, netnsOfFile(plan, netns ?? assumedNetns), entry) },
  };
}

function requestOf({ document, before }: PlannedNetwork, { sandbox, ifname, netns = assumedNetns }: Wish): Request {
  const variables = { CNI_COMMAND: 'ADD', CNI_CONTAINERID: sandbox, CNI_IFNAME: ifname, CNI_NETNS: netns };
  const previous: JsonObject =
    before.length === 0 ? {} : { prevResult: { interfaces: [{ name: ifname, sandbox: netns }] } };
  const text = JSON.stringify({ ...previous, ...document });
  return {
    environment: parseEnvironment(variables),
    variables,
    input: parseInput(utf8(text)),
    interrupted: new Interruption(),
  };
}

type Given = Pick<Allocation, 'addresses' | 'neighbors' | 'routes'>;

// Which gateways are on-link depends on the addresses, which only the IPAM plugin knows.
function allocationOf(task: PlannedTask): Given {
  const { ipamType, routes, neighbors, defaultRoute } = task.config;
  if (ipamType === undefined) return allocateKnown(task);
  const known = routes.filter(({ dst, gw, scope }) => {
    const isWanted = defaultRoute || !isDefault(dst);
    return isWanted && (gw !== undefined || scope === linkScope);
  });
  return { addresses: [], routes: known.map((route) => ({ ...route, onlink: false })), neighbors };
}

function assumedAddresses({ config: { ipamType } }: Task): readonly string[] {
  if (ipamType === undefined) return [];
  return [
    `the IPAM plugin "${ipamType}" is installed and gives addresses: the file below has neither them, nor the routes that ` +
      'the plugin gives or that use its gateways, nor onlink marks, which depend on the addresses',
  ];
}
