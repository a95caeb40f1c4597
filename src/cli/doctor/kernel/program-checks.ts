import { toolsOf } from '../../../attach/needed-tools.ts';
import { packageOf } from '../../../host/tools.ts';
import type { Tool } from '../../../model/tool.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { concerning, networksThat, severityFor } from './demand.ts';
import { probingTools } from './probes.ts';
import type { VersionedProgram } from './programs.ts';

/** Whether the programs that dan runs are there, and what they are; what the Open vSwitch takes is asked for with it. */
export const programChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kernel-programs',
    fine: 'the programs that dan runs are installed',
    why:
      'The program for Node makes its devices with the node’s own programs: an ADD that misses one fails. The executable ' +
      'makes them by itself; "dan doctor" tries the kernel with "unshare", "ip" and "tc".',

    look: missingPrograms,
  },
  {
    id: 'kernel-iproute2',
    fine: '"ip" and "tc" are those of iproute2, and new enough',
    why:
      'The program for Node reads their answers as JSON, gives them lists of steps with "-batch" and marks links with ' +
      'altnames, and "dan doctor" tries the kernel with them; the programs of busybox know none of these, and iproute2 ' +
      'knows all of them from 5.4 on.',
    unasked: ({ kernel: { programs } }) => (programs.versioned.length === 0 ? 'neither is there' : undefined),
    look: ({ kernel: { programs, runsPrograms }, cni: { networks } }) =>
      programs.versioned.flatMap((program) => versionFaults(program, networks, runsPrograms)),
  },
];

/** What every device but vhost-user with a foreign switch takes where iproute2 speaks to the kernel. */
const basics: readonly Tool[] = ['ip', 'nsenter'];

// Those that the same networks need are one finding.
function missingPrograms({ kernel: { programs, runsPrograms }, cni: { networks } }: NodeFacts): readonly Observation[] {
  const missing = neededTools(networks, runsPrograms)
    .filter(({ tool }) => !programs.there.has(tool))
    .map(({ tool, neededBy }) => {
      const otherwise = isBasic(tool, networks, runsPrograms) ? 'warning' : 'note';
      return { tool, severity: severityFor(neededBy, otherwise), whom: concerning(neededBy) };
    });
  return [...Map.groupBy(missing, ({ severity, whom }) => `${severity}${whom}`).values()].flatMap((together) => {
    const [first] = together;
    if (first === undefined) return [];
    const tools = together.map(({ tool }) => JSON.stringify(tool)).join(', ');
    const packages = [...new Set(together.map(({ tool }) => packageOf(tool)))].join(', ');
    return [
      {
        severity: first.severity,
        seen: `missing: the program${together.length === 1 ? '' : 's'} ${tools}${first.whom}`,
        cure: `install ${packages}, as Debian calls what has them`,
      },
    ];
  });
}

function neededTools(
  networks: readonly DanNetwork[],
  runsPrograms: boolean,
): readonly { tool: Tool; neededBy: readonly string[] }[] {
  if (!runsPrograms) return probingTools.map((tool) => ({ tool, neededBy: [] }));
  const all = [...basics, 'bridge', 'tc', 'tee', 'cat', 'mknod', 'mount', 'unshare'] as const;
  return [
    ...all.map((tool) => ({ tool, neededBy: networksUsing(tool, networks) })),
    { tool: 'flock', neededBy: networksThat(networks, () => true) },
  ];
}

// Where no network says what is needed.
function isBasic(tool: Tool, networks: readonly DanNetwork[], runsPrograms: boolean): boolean {
  return runsPrograms && basics.includes(tool) && networks.length === 0;
}

function networksUsing(tool: Tool, networks: readonly DanNetwork[]): readonly string[] {
  return networksThat(networks, (config) => toolsOf(config, true).includes(tool));
}

function versionFaults(
  program: VersionedProgram,
  networks: readonly DanNetwork[],
  runsPrograms: boolean,
): readonly Observation[] {
  const fault = versionFault(program);
  if (fault === undefined) return [];
  const neededBy = runsPrograms ? networksUsing(program.name, networks) : [];
  return [
    {
      severity: severityFor(neededBy, isBasic(program.name, networks, runsPrograms) ? 'warning' : 'note'),
      seen: `${program.path} ${fault}${concerning(neededBy)}`,
      cure: 'install the package iproute2, from 5.4 on, so that its programs come before any other of the same names',
    },
  ];
}

/** The day of iproute2 5.4: until then its versions were dates. */
const firstSnapshot = 191125;

/** Why a program cannot be used; undefined: it can. Pure. */
export function versionFault({ says, isBusybox }: VersionedProgram): string | undefined {
  if (says === undefined) return isBusybox ? 'is that of busybox' : undefined;
  const [, name] = /iproute2-(\S+?),?(?:\s|$)/.exec(says) ?? [];
  if (name === undefined) return `is not that of iproute2: to "-V" it says "${says}"`;
  const [, snapshot] = /^ss(\d{6})/.exec(name) ?? [];
  if (snapshot !== undefined) return Number(snapshot) >= firstSnapshot ? undefined : `is too old: iproute2 ${name}`;
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(name) ?? [];
  const isOld = Number(major) < 5 || (Number(major) === 5 && Number(minor) < 4);
  return isOld ? `is too old: iproute2 ${name}` : undefined;
}
