import { describe, expect, it } from 'vitest';
import { commandsOf } from '../../../src/cli/plan/steps.ts';
import { deriveNames } from '../../../src/model/identity.ts';
import type { InterfaceName } from '../../../src/model/interface-name.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { defaultOvsDatabase } from '../../../src/model/ovs.ts';

const { link, altname } = deriveNames({ network: 'kata-net', sandbox: 'example', ifname: 'eth0' });
const bridge = 'br0' as InterfaceName;
const command = (operation: Operation, netns = '/run/netns/pod'): string => commandsOf(operation, netns).join('\n');

describe('an operation as a line for a shell', () => {
  it('runs a tool of the host, or in the pod', () => {
    expect(command({ op: 'up', in: 'host', name: link })).toBe(`ip link set dev ${link} up`);
    expect(command({ op: 'up', in: 'pod', name: link })).toBe(
      `nsenter --net=/run/netns/pod -- ip link set dev ${link} up`,
    );
    expect(command({ op: 'vlan-add', in: 'host', name: link, vlans: { first: 20, last: 20 }, untagged: true })).toBe(
      `bridge vlan add dev ${link} vid 20 pvid untagged`,
    );
    expect(command({ op: 'ingress-add', in: 'pod', name: link })).toBe(
      `nsenter --net=/run/netns/pod -- tc qdisc add dev ${link} ingress`,
    );
  });

  it('writes a sysctl where it counts', () => {
    const path = `/proc/sys/net/ipv6/conf/${link}/disable_ipv6`;
    expect(command({ op: 'ipv6-off', in: 'host', name: link })).toBe(`echo 1 > ${path}`);
    expect(command({ op: 'ipv6-off', in: 'pod', name: link })).toBe(
      `echo 1 | nsenter --net=/run/netns/pod -- tee ${path}`,
    );
  });

  it('names the namespace that dan itself has open, in words that a shell takes as one', () => {
    const end = { name: link, mac: 'fe:00:00:00:00:01' };
    const pair: Operation = { op: 'veth-add', in: 'host', host: end, far: { in: 'pod', ...end }, mtu: 1500 };
    expect(command(pair)).toMatch(/ netns \/run\/netns\/pod$/);
    expect(command(pair, "/run/netns/it's $(a) pod")).toMatch(/ netns '\/run\/netns\/it'\\''s \$\(a\) pod'$/);
  });

  it('makes a port of a switch in one transaction', () => {
    const port = {
      ...({ database: defaultOvsDatabase, bridge, datapath: 'system', name: link, vlan: 20 } as const),
      externalIds: { dan: altname },
    };
    expect(command({ op: 'ovs-port-add', in: 'host', port })).toBe(
      `ovs-vsctl --db=unix:/run/openvswitch/db.sock -- add-port br0 ${link} ` +
        `-- set Port ${link} 'external_ids:dan="${altname}"' tag=20 vlan_mode=access ` +
        `-- set Interface ${link} 'external_ids:dan="${altname}"'`,
    );
  });
});
