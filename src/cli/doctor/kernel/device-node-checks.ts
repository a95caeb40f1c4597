import { kindOf } from '../../../kinds/kinds.ts';
import type { Check, Observation, ReadyFile, Severity } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { concerning, networksThat, networksWith, severityFor } from './demand.ts';
import { type DeviceNode, type DeviceNodes, expectedNodes } from './device-nodes.ts';
import { modulesFile } from './managers/ready-files.ts';

/** Whether the device nodes are there that dan and Kata open. */
export const deviceNodeChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kernel-tun',
    fine: '/dev/net/tun is the tap driver',
    why: 'dan makes taps through it, and the virtual machine monitor opens them through it.',
    unasked: withoutDevices,
    look: tun,
  },
  {
    id: 'kernel-kvm',
    fine: '/dev/kvm is there',
    why: 'Without KVM, Kata starts no virtual machine, whatever its network.',
    unasked: withoutDevices,
    look: kvm,
  },
  {
    id: 'kernel-vhost-net',
    fine: '/dev/vhost-net is there',
    why:
      'QEMU’s network goes through it: Kata fails the pod with "Could not setup vhost fds ... open /dev/vhost-net: no ' +
      'such file or directory". Kata’s runtime in Rust opens it even with "disable_vhost_net" on.',
    unasked: withoutDevices,
    look: vhostNet,
  },
  {
    id: 'kernel-vhost-vsock',
    fine: '/dev/vhost-vsock is there',
    why: 'Through it Kata reaches the agent in a guest of QEMU’s; Dragonball, Cloud Hypervisor and Firecracker do without.',
    unasked: withoutDevices,
    look: vhostVsock,
  },
];

function tun({ kernel: { deviceNodes }, cni: { networks } }: NodeFacts): readonly Observation[] {
  const fault = faultOf(deviceNodes, 'tun');
  if (fault === undefined) return [];
  const neededBy = networksWith(networks, 'tap');
  const severity = severityFor(neededBy, networks.length === 0 ? 'warning' : 'note');
  return [{ severity, seen: `${fault}${concerning(neededBy)}`, ...cureOf(deviceNodes?.tun, 'tun', 'CONFIG_TUN') }];
}

function kvm({ kernel: { deviceNodes, virtualization } }: NodeFacts): readonly Observation[] {
  const fault = faultOf(deviceNodes, 'kvm');
  return fault === undefined ? [] : [{ severity: 'error', seen: fault, cure: kvmCure(virtualization) }];
}

const failing = 'pods of a Kata that starts QEMU will fail';

function vhostNet({ kernel: { deviceNodes }, cni: { networks }, kata }: NodeFacts): readonly Observation[] {
  const fault = faultOf(deviceNodes, 'vhostNet');
  if (fault === undefined) return [];
  const { cure, ...more } = cureOf(deviceNodes?.vhostNet, 'vhost_net', 'CONFIG_VHOST_NET');
  const advice = 'a feature gate for device plugins, which is sometimes advised, has nothing to do with it';
  const concerned = networksThat(networks, ({ device }) => kindOf(device).opens === 'tap');
  const severity = networks.length > 0 && concerned.length === 0 ? 'note' : forQemu(kata);
  return [{ severity, seen: `${fault}; ${failing}`, cure: `${cure}; ${advice}`, ...more }];
}

function vhostVsock({ kernel: { deviceNodes }, kata }: NodeFacts): readonly Observation[] {
  const fault = faultOf(deviceNodes, 'vhostVsock');
  if (fault === undefined) return [];
  const cure = cureOf(deviceNodes?.vhostVsock, 'vhost_vsock', 'CONFIG_VHOST_VSOCK');
  return [{ severity: forQemu(kata), seen: `${fault}; ${failing}`, ...cure }];
}

function withoutDevices({ kernel: { deviceNodes } }: NodeFacts): string | undefined {
  return deviceNodes === undefined ? 'there is no /dev of a node that runs' : undefined;
}

// QEMU alone needs it. Where no configuration of Kata says which hypervisor starts, it may be QEMU.
function forQemu({ uses }: NodeFacts['kata']): Severity {
  const hypervisors = uses.map(({ config }) => config.file?.settings.hypervisor);
  if (hypervisors.includes('qemu')) return 'error';
  return hypervisors.length === 0 || hypervisors.includes(undefined) ? 'warning' : 'note';
}

/** Why a path is not the device node that it should be; undefined: it is. */
function faultOf(nodes: DeviceNodes | undefined, name: keyof DeviceNodes): string | undefined {
  if (nodes === undefined) return undefined;
  const { path, state, numbers: there, refused } = nodes[name];
  const { numbers } = expectedNodes[name];
  if (state === 'missing') return `${path} is missing`;
  if (state === 'other') return `${path} is no character device`;
  if (there !== numbers) return `${path} is the device ${there ?? 'unknown'}, not ${numbers}`;
  return refused === undefined ? undefined : `${path} cannot be opened (${refused})`;
}

function cureOf(
  node: DeviceNode | undefined,
  module: string,
  option: string,
): Pick<Observation, 'cure'> & { readonly files?: readonly ReadyFile[] } {
  const path = node?.path ?? '';
  if (node?.refused === 'EACCES' || node?.refused === 'EPERM') {
    return {
      cure: `see who may open it ("ls -l ${path}"), and whether a device cgroup or a security module refuses it`,
    };
  }
  const remake = node !== undefined && node.state !== 'missing' && node.refused === undefined;
  const first = remake
    ? `remove ${path}, then "modprobe -r ${module}" and "modprobe ${module}"`
    : `"modprobe ${module}"`;
  return {
    cure:
      `${first}; to have it loaded at every start, install this file. Where there is no such module, the kernel was ` +
      `built without ${option}`,
    files: [modulesFile],
  };
}

function kvmCure(virtualization: boolean | undefined): string {
  const load = '"modprobe kvm_intel" or "modprobe kvm_amd"';
  if (virtualization !== false) {
    return `${load}; where that fails, see the kernel’s log, and whether virtualization is switched on in the firmware`;
  }
  return (
    'the processor shows no virtualization (vmx, svm): switch it on in the firmware, or, where the node is a virtual ' +
    `machine itself, let it have nested virtualization; then ${load}`
  );
}
