import { kindOf } from '../../../kinds/kinds.ts';
import { checksUnless, error, type Observation, observe, warning } from '../check.ts';
import type { Severity } from '../../severity.ts';
import { concerning, naming, networksThat, networksWith, severityFor, vhostUserNetworks } from '../demand.ts';
import { type DeviceNodes, expectedNodes, type HugePages } from '../facts/kernel.ts';
import type { NodeFacts } from '../facts/node.ts';
import { modulesFile } from '../ready-files.ts';

const failing = 'pods that Kata runs with QEMU will fail';

/** Whether the device nodes exist that dan, Kata and a switch in user space use. */
export const deviceNodeChecks = checksUnless(withoutDevices, [
  {
    id: 'kernel-tun',
    *look(facts) {
      const { networks } = facts.cni;
      const neededBy = networksWith(networks, 'tap');
      const severity = severityFor(neededBy, networks.length === 0 ? 'warning' : 'note');
      yield* unusable('tun', facts, severity, concerning(neededBy));
    },
  },
  {
    id: 'kernel-kvm',
    *look({ kernel: { deviceNodes, virtualization } }) {
      const fault = faultOf(deviceNodes, 'kvm');
      const load = '"modprobe kvm_intel" or "modprobe kvm_amd"';
      const cure =
        virtualization === false
          ? 'the processor offers no virtualization (vmx, svm): switch it on in the firmware or, if the node is a ' +
            `virtual machine itself, enable nested virtualization for it; then ${load}`
          : `${load}; if that fails, see the kernel’s log, and check that virtualization is switched on in the firmware`;
      if (fault !== undefined) yield error(fault, cure);
    },
  },
  {
    id: 'kernel-vhost-net',
    *look(facts) {
      const { networks } = facts.cni;
      const isWanted =
        networks.length === 0 || networksThat(networks, ({ device }) => kindOf(device).opens === 'tap').length > 0;
      const advice = '. A feature gate for device plugins, which is sometimes advised, does not help';
      yield* unusable('vhostNet', facts, isWanted ? forQemu(facts.kata) : 'note', `; ${failing}`, advice);
    },
  },
  {
    id: 'kernel-vhost-vsock',
    look: (facts) => unusable('vhostVsock', facts, forQemu(facts.kata), `; ${failing}`),
  },
]);

/** Whether there are huge pages for the devices that need them. */
export const hugePageChecks = checksUnless(withoutHugePages, [
  {
    id: 'kernel-huge-pages',
    unasked: ({ cni: { networks } }) =>
      vhostUserNetworks(networks).length === 0 ? 'no network has vhost-user devices' : undefined,
    look: ({ cni, kernel: { hugePages } }) =>
      hugePages === undefined ? [] : hugePageFaults(hugePages, vhostUserNetworks(cni.networks)),
  },
]);

/** Why a question about device nodes does not apply; undefined if it does. */
export function withoutDevices({ kernel: { deviceNodes } }: NodeFacts): string | undefined {
  return deviceNodes === undefined ? 'there is no /dev of a node that runs' : undefined;
}

/** Why a question about huge pages does not apply; undefined if it does. */
export function withoutHugePages({ kernel: { hugePages } }: NodeFacts): string | undefined {
  return hugePages === undefined ? 'there is no /proc of a node that runs' : undefined;
}

// Only QEMU needs it. If no Kata configuration names the hypervisor, it may be QEMU.
function forQemu({ uses }: NodeFacts['kata']): Severity {
  const hypervisors = uses.map(({ config }) => config.file?.settings.hypervisor);
  if (hypervisors.includes('qemu')) return 'error';
  return hypervisors.length === 0 || hypervisors.includes(undefined) ? 'warning' : 'note';
}

// Why a path is not the expected device node; undefined if it is.
function faultOf(nodes: DeviceNodes | undefined, name: keyof DeviceNodes): string | undefined {
  if (nodes === undefined) return undefined;
  const { path, state, numbers: there, refused } = nodes[name];
  const { numbers } = expectedNodes[name];
  if (state === 'missing') return `${path} is missing`;
  if (state === 'other') return `${path} is no character device`;
  if (there !== numbers) return `${path} is the device ${there ?? 'unknown'}, not ${numbers}`;
  return refused === undefined ? undefined : `${path} cannot be opened (${refused})`;
}

// Reports a device node that cannot be opened, and how to load its driver, which is named like the kernel's option.
function* unusable(
  name: 'tun' | 'vhostNet' | 'vhostVsock',
  { kernel: { deviceNodes } }: NodeFacts,
  severity: Severity,
  consequence: string,
  advice = '',
): Iterable<Observation> {
  const fault = faultOf(deviceNodes, name);
  if (fault === undefined || deviceNodes === undefined) return;
  const { path, state, refused } = deviceNodes[name];
  const { module } = expectedNodes[name];
  const seen = `${fault}${consequence}`;
  if (refused === 'EACCES' || refused === 'EPERM') {
    const cure = `check who may open it ("ls -l ${path}"), and whether a device cgroup or a security module denies it`;
    yield observe(severity, seen, `${cure}${advice}`);
    return;
  }
  const load =
    state !== 'missing' && refused === undefined
      ? `remove ${path}, then "modprobe -r ${module}" and "modprobe ${module}"`
      : `"modprobe ${module}"`;
  const cure =
    `${load}. To load it at every start, install this file. If there is no such module, the kernel was built without ` +
    `CONFIG_${module.toUpperCase()}${advice}`;
  yield observe(severity, seen, cure, modulesFile);
}

function* hugePageFaults(pages: HugePages, networks: readonly string[]): Iterable<Observation> {
  const { total, free, kilobytes, mounts } = pages;
  const who = `${naming(networks)} ${networks.length === 1 ? 'has' : 'have'} vhost-user devices`;
  const more =
    `reserve them early, before memory is fragmented: "sysctl vm.nr_hugepages=1024" reserves 1024 pages of ${kilobytes} ` +
    'kB. To keep that, write the same to /etc/sysctl.d, or put "hugepages=" on the kernel’s command line';
  if (total === 0) yield warning(`no huge pages are reserved, and ${who}`, more);
  if (total > 0 && free === 0) yield warning(`none of the ${total} huge pages is free, and ${who}`, more);
  const mount = '"mount -t hugetlbfs hugetlbfs /dev/hugepages", or "systemctl start dev-hugepages.mount"';
  if (mounts.length === 0) yield warning(`hugetlbfs is mounted nowhere, and ${who}`, mount);
}
