import { kindOf } from '../../../kinds/kinds.ts';
import type { Check, Observation, Severity } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { naming, networksThat } from './demand.ts';
import type { HugePages } from './huge-pages.ts';

/** Whether there is memory that a switch and a virtual machine can share. */
export const hugePageChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kernel-huge-pages',
    fine: 'there are huge pages for vhost-user',
    why:
      'A switch with DPDK takes its memory in huge pages, and so does a virtual machine whose memory it shares, where ' +
      'Kata’s "enable_hugepages" is on: without free ones the switch does not start, or the pod.',
    unasked,
    look: ({ cni, kernel: { hugePages } }) =>
      hugePages === undefined ? [] : faults(hugePages, vhostUserNetworks(cni)),
  },
];

function vhostUserNetworks({ networks }: NodeFacts['cni']): readonly string[] {
  return networksThat(networks, ({ device }) => kindOf(device).opens === 'socket');
}

function faults({ total, free, kilobytes, mounts }: HugePages, networks: readonly string[]): readonly Observation[] {
  const who = `${naming(networks)} ${networks.length === 1 ? 'has' : 'have'} vhost-user devices`;
  const warning = (seen: string, cure: string): Observation => ({ severity: 'warning' satisfies Severity, seen, cure });
  const more =
    `reserve them early, while memory is in one piece: "sysctl vm.nr_hugepages=1024" for 1024 pages of ${kilobytes} kB, ` +
    'and the same in /etc/sysctl.d, or "hugepages=" on the kernel’s command line';
  return [
    ...(total === 0 ? [warning(`no huge pages are reserved, and ${who}`, more)] : []),
    ...(total > 0 && free === 0 ? [warning(`none of the ${total} huge pages is free, and ${who}`, more)] : []),
    ...(mounts.length === 0
      ? [
          warning(
            `hugetlbfs is mounted nowhere, and ${who}`,
            '"mount -t hugetlbfs hugetlbfs /dev/hugepages", or "systemctl start dev-hugepages.mount"',
          ),
        ]
      : []),
  ];
}

function unasked({ cni, kernel }: NodeFacts): string | undefined {
  if (vhostUserNetworks(cni).length === 0) return 'no network has vhost-user devices';
  return kernel.hugePages === undefined ? 'there is no /proc of a node that runs' : undefined;
}
