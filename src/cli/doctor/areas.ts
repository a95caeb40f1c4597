import type { Check } from './check.ts';
import { attachmentChecks } from './checks/attachments.ts';
import { bridgeChecks } from './checks/bridges.ts';
import { choiceChecks, containerdChecks } from './checks/containerd.ts';
import { deviceNodeChecks, hugePageChecks } from './checks/device-nodes.ts';
import { kataConfigChecks } from './checks/kata-config.ts';
import { kataDeviceChecks } from './checks/kata-devices.ts';
import { kataHandlerChecks } from './checks/kata-handlers.ts';
import { functionChecks, kataFunctionChecks } from './checks/functions.ts';
import { featureChecks } from './checks/kernel-features.ts';
import { kataHotplugChecks } from './checks/kata-hotplug.ts';
import { linkManagerChecks } from './checks/link-managers.ts';
import { networkChecks } from './checks/networks.ts';
import { ovsChecks } from './checks/ovs.ts';
import { pluginChecks } from './checks/plugins.ts';
import { programChecks } from './checks/programs.ts';
import { stateFileChecks } from './checks/state-files.ts';

/** Checks that belong together. */
export interface Area {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** All checks, in display order. */
export const areas: readonly Area[] = [
  {
    title: 'Kernel and programs',
    checks: [
      ...programChecks,
      ...deviceNodeChecks,
      ...featureChecks,
      ...bridgeChecks,
      ...hugePageChecks,
      ...linkManagerChecks,
      ...functionChecks,
    ],
  },
  {
    title: 'Kata',
    checks: [
      ...kataHandlerChecks,
      ...kataConfigChecks,
      ...kataDeviceChecks,
      ...kataFunctionChecks,
      ...kataHotplugChecks,
    ],
  },
  { title: 'CNI', checks: [...containerdChecks, ...choiceChecks, ...networkChecks, ...pluginChecks] },
  { title: 'Open vSwitch', checks: ovsChecks },
  { title: 'What dan left on this node', checks: [...stateFileChecks, ...attachmentChecks] },
];
