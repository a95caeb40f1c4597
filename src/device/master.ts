import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { NodeView } from './device.ts';

/** The refusal of a device whose link in the pod does not exist. */
export function masterMissing(master: InterfaceName, { pod }: NodeView): Error {
  const there = pod.links.map(({ name }) => name).join(', ');
  return danError(
    'master-missing',
    `the link "${master}" does not exist in the pod's namespace, which has ${there}: put dan behind the plugin that ` +
      'makes it, or name another in "master"',
  );
}

/** The refusal of a link in the pod that no guest could take over. */
export function podLinkUnusable(master: string, why: string): Error {
  return danError(
    'pod-link-unusable',
    `${master} in the pod's namespace cannot be attached: ${why}; correct the plugin that made the interface`,
  );
}
