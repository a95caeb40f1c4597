import type { Operation, VlanRange } from '../model/operation.ts';

/** What carries an operation out: `ip -batch`, `bridge -batch`, or a file below /proc/sys. */
export type Step =
  | { readonly by: 'ip' | 'bridge'; readonly line: string }
  | { readonly by: 'sysctl'; readonly path: string; readonly value: string };

/** The step of each operation, in order. Pure; every name in an operation is safe on a batch line. */
export function stepOf(operation: Operation): Step {
  switch (operation.op) {
    case 'tap-add':
      return ip(
        `tuntap add dev ${operation.name} mode tap`,
        operation.multiQueue ? 'multi_queue' : undefined,
        'vnet_hdr', // Kata opens with IFF_VNET_HDR, and QEMU without it would lose offloads.
        operation.owner === undefined ? undefined : `user ${operation.owner}`,
        operation.group === undefined ? undefined : `group ${operation.group}`,
      );
    case 'link-set':
      return ip(
        `link set dev ${operation.name}`,
        operation.address === undefined ? undefined : `address ${operation.address}`,
        operation.mtu === undefined ? undefined : `mtu ${operation.mtu}`,
        operation.alias === undefined ? undefined : `alias ${operation.alias}`,
      );
    case 'altname-add':
      return ip(`link property add dev ${operation.name} altname ${operation.altname}`);
    case 'master':
      return ip(`link set dev ${operation.name} master ${operation.master}`);
    case 'up':
      return ip(`link set dev ${operation.name} up`);
    case 'link-del':
      return ip(`link del dev ${operation.name}`);
    case 'ipv6-off':
      return { by: 'sysctl', path: `/proc/sys/net/ipv6/conf/${operation.name}/disable_ipv6`, value: '1' };
    case 'vlan-del':
      return { by: 'bridge', line: `vlan del dev ${operation.name} vid ${operation.vlan}` };
    case 'vlan-add':
      return {
        by: 'bridge',
        line: `vlan add dev ${operation.name} vid ${rangeText(operation.vlans)}${operation.untagged ? ' pvid untagged' : ''}`,
      };
    default:
      return operation satisfies never;
  }
}

function ip(...parts: readonly (string | undefined)[]): Step {
  return { by: 'ip', line: parts.filter((part) => part !== undefined).join(' ') };
}

function rangeText({ first, last }: VlanRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}
