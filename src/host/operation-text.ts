import { limitText } from '../model/limit.ts';
import type { KernelOperation, OperationOf, Where } from '../model/operation.ts';
import { podNetns } from './site.ts';
import { ipv6File } from './sysctl.ts';

// Operations as commands: for messages and `dan plan`, and for `iproute/` to run.

/** The means for one operation: `ip -batch`, `bridge -batch`, `tc -batch`, or a file below /proc/sys. */
export type Step =
  | { readonly in: Where; readonly by: 'ip' | 'bridge' | 'tc'; readonly line: string }
  | { readonly in: Where; readonly by: 'sysctl'; readonly path: string; readonly value: string };

/** The step of an operation. Pure. Every name in an operation is safe on a batch line. */
export function stepOf(operation: KernelOperation): Step {
  const { in: where } = operation;
  if (operation.op === 'ipv6-off')
    return { in: where, by: 'sysctl', path: ipv6File(operation.name, 'disable_ipv6'), value: '1' };
  const [by, line] = commandOf(operation.op, operation);
  return { in: where, by, line };
}

type Command = readonly [by: 'ip' | 'bridge' | 'tc', line: string];
type CommandOp = Exclude<KernelOperation['op'], 'ipv6-off'>;

function commandOf<Op extends CommandOp>(op: Op, operation: OperationOf<Op>): Command {
  return commands[op](operation);
}

const commands: { readonly [Op in CommandOp]: (operation: OperationOf<Op>) => Command } = {
  'tap-add': ({ name, multiQueue, owner, group }) => {
    // Kata opens taps with IFF_VNET_HDR. Without it, QEMU would lose offloads.
    const mode = `mode tap${multiQueue ? ' multi_queue' : ''} vnet_hdr`;
    return ['ip', `tuntap add dev ${name} ${mode}${words({ user: owner, group })}`];
  },
  'veth-add': ({ host, far, mtu }) => {
    const namespace = far.in === 'pod' ? ` netns ${podNetns}` : '';
    const other = `peer name ${far.name} mtu ${mtu} address ${far.mac}${namespace}`;
    return ['ip', `link add dev ${host.name} mtu ${mtu} address ${host.mac} type veth ${other}`];
  },
  'macvtap-add': ({ name, master, mac, mtu, mode }) => {
    return ['ip', `link add link ${master} name ${name} mtu ${mtu} address ${mac} type macvtap mode ${mode}`];
  },
  'ifb-add': ({ name, mac, mtu }) => ['ip', `link add dev ${name} mtu ${mtu} address ${mac} type ifb`],
  'tbf-add': ({ name, rate, burst, limit }) => {
    return ['tc', `qdisc add dev ${name} root handle 1: tbf rate ${rate * 8}bit burst ${burst} limit ${limit}`];
  },
  'link-set': ({ name, address, mtu, alias, queueLength: txqueuelen }) => {
    return ['ip', `link set dev ${name}${words({ address, mtu, alias, txqueuelen })}`];
  },
  'addresses-flush': ({ name }) => ['ip', `addr flush dev ${name}`],
  'altname-add': ({ name, altname }) => ['ip', `link property add dev ${name} altname ${altname}`],
  rename: ({ name, to }) => ['ip', `link set dev ${name} name ${to}`],
  master: ({ name, master }) => ['ip', `link set dev ${name} master ${master}`],
  'hairpin-on': ({ name }) => ['ip', `link set dev ${name} type bridge_slave hairpin on`],
  allmulticast: ({ name }) => ['ip', `link set dev ${name} allmulticast on`],
  up: ({ name }) => ['ip', `link set dev ${name} up`],
  'link-del': ({ name }) => ['ip', `link del dev ${name}`],
  'vlan-del': ({ name, vlan }) => ['bridge', `vlan del dev ${name} vid ${vlan}`],
  'vlan-add': ({ name, vlans: { first, last }, untagged }) => {
    const range = first === last ? String(first) : `${first}-${last}`;
    return ['bridge', `vlan add dev ${name} vid ${range}${untagged ? ' pvid untagged' : ''}`];
  },
  'ingress-add': ({ name }) => ['tc', `qdisc add dev ${name} ingress`],
  'ingress-del': ({ name }) => ['tc', `qdisc del dev ${name} ingress`],
  'filter-del': ({ name, preference }) => ['tc', `filter del dev ${name} ingress pref ${preference}`],
  'dhcp-mirror': ({ from, to, cookie }) => {
    const match = `filter add dev ${from} parent ffff: protocol ip u32 match ip protocol 17 0xff match ip dport 68 0xffff`;
    return ['tc', `${match} action mirred egress mirror dev ${to} cookie ${cookie}`];
  },
  redirect: ({ from, to, cookie }) => {
    // Like Kata's own tcfilter model: a u32 filter that matches everything, and mirred.
    const match = `filter add dev ${from} parent ffff: protocol all u32 match u32 0 0`;
    return ['tc', `${match} action mirred egress redirect dev ${to} cookie ${cookie}`];
  },
};

// The given values, each with its name before it.
function words(given: Readonly<Record<string, number | string | undefined>>): string {
  const there = Object.entries(given).filter(([, value]) => value !== undefined);
  return there.map(([name, value]) => ` ${name} ${value}`).join('');
}

/** An operation in a message, as the equivalent command, which the reader can try. */
export function operationText(operation: KernelOperation): string {
  const step = stepOf(operation);
  const command = step.by === 'sysctl' ? `echo ${step.value} >${step.path}` : `${step.by} ${step.line}`;
  return `"${command}"${step.in === 'pod' ? " in the pod's namespace" : ''}`;
}

/** Which limit of the kernel an operation's error indicates, as text to append to a message; empty if none. */
export function operationLimit(code: string | undefined, operation: KernelOperation): string {
  const hasObject = operation.op === 'master' || operation.op === 'macvtap-add';
  return limitText(code, operation.op, hasObject ? operation.master : '');
}
