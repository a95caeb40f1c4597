import type { KernelOperation, Where } from '../model/operation.ts';
import { podNetns } from './site.ts';
import { ipv6Switch } from './sysctl.ts';

// The commands that ask the kernel for what an operation asks: for messages and for `dan plan`, and what `iproute/` runs.

/** What carries an operation out: `ip -batch`, `bridge -batch`, `tc -batch`, or a file below /proc/sys. */
export type Step =
  | { readonly in: Where; readonly by: 'ip' | 'bridge' | 'tc'; readonly line: string }
  | { readonly in: Where; readonly by: 'sysctl'; readonly path: string; readonly value: string };

/** The step of an operation. Pure; every name in an operation is safe on a batch line. */
export function stepOf(operation: KernelOperation): Step {
  const { in: where } = operation;
  if (operation.op === 'ipv6-off') return { in: where, by: 'sysctl', path: ipv6Switch(operation.name), value: '1' };
  const [by, line] = commandOf(operation);
  return { in: where, by, line };
}

type Command = readonly [by: 'ip' | 'bridge' | 'tc', line: string];

function commandOf(operation: Exclude<KernelOperation, { readonly op: 'ipv6-off' }>): Command {
  switch (operation.op) {
    case 'tap-add': {
      const { name, multiQueue, owner, group } = operation;
      // Kata opens with IFF_VNET_HDR, and QEMU without it would lose offloads.
      const mode = `mode tap${multiQueue ? ' multi_queue' : ''} vnet_hdr`;
      return ['ip', `tuntap add dev ${name} ${mode}${words({ user: owner, group })}`];
    }
    case 'veth-add': {
      const { host, pod, mtu } = operation;
      const other = `peer name ${pod.name} mtu ${mtu} address ${pod.mac} netns ${podNetns}`;
      return ['ip', `link add dev ${host.name} mtu ${mtu} address ${host.mac} type veth ${other}`];
    }
    case 'macvtap-add': {
      const { name, master, mac, mtu, mode } = operation;
      return ['ip', `link add link ${master} name ${name} mtu ${mtu} address ${mac} type macvtap mode ${mode}`];
    }
    case 'addresses-flush':
      return ['ip', `addr flush dev ${operation.name}`];
    case 'link-set': {
      const { name, address, mtu, alias, queueLength: txqueuelen } = operation;
      return ['ip', `link set dev ${name}${words({ address, mtu, alias, txqueuelen })}`];
    }
    case 'altname-add':
      return ['ip', `link property add dev ${operation.name} altname ${operation.altname}`];
    case 'rename':
      return ['ip', `link set dev ${operation.name} name ${operation.to}`];
    case 'master':
      return ['ip', `link set dev ${operation.name} master ${operation.master}`];
    case 'allmulticast':
      return ['ip', `link set dev ${operation.name} allmulticast on`];
    case 'up':
      return ['ip', `link set dev ${operation.name} up`];
    case 'link-del':
      return ['ip', `link del dev ${operation.name}`];
    case 'vlan-del':
      return ['bridge', `vlan del dev ${operation.name} vid ${operation.vlan}`];
    case 'vlan-add': {
      const { first, last } = operation.vlans;
      const range = first === last ? String(first) : `${first}-${last}`;
      return ['bridge', `vlan add dev ${operation.name} vid ${range}${operation.untagged ? ' pvid untagged' : ''}`];
    }
    case 'ingress-add':
      return ['tc', `qdisc add dev ${operation.name} ingress`];
    case 'ingress-del':
      return ['tc', `qdisc del dev ${operation.name} ingress`];
    case 'filter-del':
      return ['tc', `filter del dev ${operation.name} ingress pref ${operation.preference}`];
    case 'dhcp-mirror': {
      const match = `filter add dev ${operation.from} parent ffff: protocol ip u32 match ip protocol 17 0xff match ip dport 68 0xffff`;
      return ['tc', `${match} action mirred egress mirror dev ${operation.to} cookie ${operation.cookie}`];
    }
    case 'redirect': {
      // As Kata's own tcfilter model has it: u32 that matches all, and mirred.
      const match = `filter add dev ${operation.from} parent ffff: protocol all u32 match u32 0 0`;
      return ['tc', `${match} action mirred egress redirect dev ${operation.to} cookie ${operation.cookie}`];
    }
    default:
      return operation satisfies never;
  }
}

// Of those that are given, each with its name before it.
function words(given: Readonly<Record<string, number | string | undefined>>): string {
  const there = Object.entries(given).filter(([, value]) => value !== undefined);
  return there.map(([name, value]) => ` ${name} ${value}`).join('');
}

/** An operation in a message, as the command that asks the kernel for the same: whoever reads it can try it. */
export function operationText(operation: KernelOperation): string {
  const step = stepOf(operation);
  const command = step.by === 'sysctl' ? `echo ${step.value} >${step.path}` : `${step.by} ${step.line}`;
  return `"${command}"${step.in === 'pod' ? " in the pod's namespace" : ''}`;
}
