import { mtuFaults } from '../../dan/limits.ts';
import type { ExistingDocument } from '../../dan/merge.ts';
import { readDanFile } from '../../dan/store.ts';
import { masterOf, planDevice } from '../../kinds/kinds.ts';
import type { Site } from '../../host/site.ts';
import { danError } from '../../model/error.ts';
import type { PodView } from '../../model/pod-view.ts';
import { readRecord, readRecords, recordPath } from '../record.ts';
import type { Surroundings } from './allocate.ts';
import { lookAtNode, refuseHiddenLinks } from './node-view.ts';
import { attachmentExists, refuseAttached, refuseDuplicates } from './sandbox-file.ts';
import type { Task } from './task.ts';

/**
 * Looks at record, file and node, plans, and refuses everything that cannot work, but for what addresses are given.
 * Changes nothing. `assumedPod` stands for the pod's namespace where there is none.
 */
export async function examine(task: Task, site: Site, assumedPod?: PodView): Promise<Surroundings> {
  const { request, config, identity, names, file } = task;
  const { netns } = request.environment;
  if (readRecord(names.link) !== 'missing') throw attachmentExists(identity, recordPath(names.link));
  const document = readDanFile(file);
  const sought = { device: config.device, identity, names, args: request.environment.args };
  const view = await lookAtNode(sought, site, assumedPod);
  const plan = planDevice(config.device, view);
  const tooLarge = mtuFaults(task.profile, plan.attached.kind, plan.mtu);
  if (tooLarge.length > 0) throw danError('not-carried-by-profile', tooLarge.join('; '));
  refuseAttached(file, document, identity, netnsOfFile(plan, netns));
  refuseDuplicates(document, { ifname: identity.ifname, guestMac: plan.guestMac, addresses: [] });
  refuseHiddenLinks(netns, view.pod.links, carriedLinks(task, plan, document));
  return { plan, view, document };
}

/** The `netns` of the file that an attachment needs. */
export function netnsOfFile({ place }: Surroundings['plan'], netns: string): string | null {
  return place === 'pod' ? netns : null;
}

// The links whose addresses the file has: that of this attachment, and those of the sandbox's others.
function carriedLinks(
  { identity }: Task,
  { device: own }: Surroundings['plan'],
  document: ExistingDocument | undefined,
): ReturnType<typeof masterOf>[] {
  const others = document === undefined ? [] : readRecords().filter(({ sandbox }) => sandbox === identity.sandbox);
  return [masterOf(own), ...others.map(({ device }) => masterOf(device))];
}
