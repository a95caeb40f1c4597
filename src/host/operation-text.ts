import type { KernelOperation, Where } from '../model/operation.ts';
import type { VlanRange } from '../model/vlan.ts';
import { podNetns } from './site.ts';
import { ipv6Switch } from './sysctl.ts';

// The commands that ask the kernel for what an operation asks: for messages and for `dan plan`, and what `iproute/` runs.

/** What carries an operation out: `ip -batch`, `bridge -batch`, `tc -batch`, or a file below /proc/sys. */
export type Step =
  | { readonly in: Where; readonly by: 'ip' | 'bridge' | 'tc'; readonly line: string }
  | { readonly in: Where; readonly by: 'sysctl'; readonly path: string; readonly value: string };

/** The step of each operation, in order. Pure; every name in an operation is safe on a batch line. */
export function stepOf(operation: KernelOperation): Step {
  switch (operation.op) {
    case 'tap-add':
      return ip(
        operation,
        `tuntap add dev ${operation.name} mode tap`,
        operation.multiQueue ? 'multi_queue' : undefined,
        'vnet_hdr', // Kata opens with IFF_VNET_HDR, and QEMU without it would lose offloads.
        operation.owner === undefined ? undefined : `user ${operation.owner}`,
        operation.group === undefined ? undefined : `group ${operation.group}`,
      );
    case 'veth-add': {
      const { host, pod, mtu } = operation;
      return ip(
        operation,
        `link add dev ${host.name} mtu ${mtu} address ${host.mac} type veth`,
        `peer name ${pod.name} mtu ${mtu} address ${pod.mac} netns ${podNetns}`,
      );
    }
    case 'macvtap-add': {
      const { name, master, mac, mtu, mode } = operation;
      return ip(operation, `link add link ${master} name ${name} mtu ${mtu} address ${mac} type macvtap mode ${mode}`);
    }
    case 'addresses-flush':
      return ip(operation, `addr flush dev ${operation.name}`);
    case 'link-set':
      return ip(
        operation,
        `link set dev ${operation.name}`,
        operation.address === undefined ? undefined : `address ${operation.address}`,
        operation.mtu === undefined ? undefined : `mtu ${operation.mtu}`,
        operation.alias === undefined ? undefined : `alias ${operation.alias}`,
        operation.queueLength === undefined ? undefined : `txqueuelen ${operation.queueLength}`,
      );
    case 'altname-add':
      return ip(operation, `link property add dev ${operation.name} altname ${operation.altname}`);
    case 'rename':
      return ip(operation, `link set dev ${operation.name} name ${operation.to}`);
    case 'master':
      return ip(operation, `link set dev ${operation.name} master ${operation.master}`);
    case 'allmulticast':
      return ip(operation, `link set dev ${operation.name} allmulticast on`);
    case 'up':
      return ip(operation, `link set dev ${operation.name} up`);
    case 'link-del':
      return ip(operation, `link del dev ${operation.name}`);
    case 'ipv6-off':
      return { in: operation.in, by: 'sysctl', path: ipv6Switch(operation.name), value: '1' };
    case 'vlan-del':
      return { in: operation.in, by: 'bridge', line: `vlan del dev ${operation.name} vid ${operation.vlan}` };
    case 'vlan-add': {
      const flags = operation.untagged ? ' pvid untagged' : '';
      const line = `vlan add dev ${operation.name} vid ${rangeText(operation.vlans)}${flags}`;
      return { in: operation.in, by: 'bridge', line };
    }
    case 'ingress-add':
      return { in: operation.in, by: 'tc', line: `qdisc add dev ${operation.name} ingress` };
    case 'ingress-del':
      return { in: operation.in, by: 'tc', line: `qdisc del dev ${operation.name} ingress` };
    case 'filter-del':
      return {
        in: operation.in,
        by: 'tc',
        line: `filter del dev ${operation.name} ingress pref ${operation.preference}`,
      };
    case 'redirect': {
      // As Kata's own tcfilter model has it: u32 that matches all, and mirred.
      const match = `filter add dev ${operation.from} parent ffff: protocol all u32 match u32 0 0`;
      const line = `${match} action mirred egress redirect dev ${operation.to} cookie ${operation.cookie}`;
      return { in: operation.in, by: 'tc', line };
    }
    default:
      return operation satisfies never;
  }
}

/** An operation in a message, as the command that asks the kernel for the same: whoever reads it can try it. */
export function operationText(operation: KernelOperation): string {
  const step = stepOf(operation);
  const command = step.by === 'sysctl' ? `echo ${step.value} >${step.path}` : `${step.by} ${step.line}`;
  return `"${command}"${step.in === 'pod' ? " in the pod's namespace" : ''}`;
}

function ip(operation: { readonly in: Where }, ...parts: readonly (string | undefined)[]): Step {
  return { in: operation.in, by: 'ip', line: parts.filter((part) => part !== undefined).join(' ') };
}

function rangeText({ first, last }: VlanRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}
