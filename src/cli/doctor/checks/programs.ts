import { toolsOf } from '../../../attach/needed-tools.ts';
import { packageOf } from '../../../host/tools.ts';
import type { Tool } from '../../../model/tool.ts';
import { checksUnless, never, note, type Observation, observe } from '../check.ts';
import type { Severity } from '../../severity.ts';
import { concerning, networksThat, severityFor } from '../demand.ts';
import type { NodeFacts } from '../facts/node.ts';
import { probingTools } from '../facts/probes.ts';
import type { VersionedProgram } from '../facts/programs.ts';

/** Who runs the command, and whether the programs that dan runs exist and are new enough. */
export const programChecks = checksUnless(never, [
  {
    id: 'kernel-user',
    unasked: ({ isLive }) => (isLive ? undefined : 'only files are looked at'),
    *look({ kernel: { user } }) {
      if (user === 0) return;
      const cure = 'run it as root: what only root can see was not looked at, and some of what follows may be wrong';
      yield note(`dan doctor runs as user ${user ?? 'unknown'}`, cure);
    },
  },
  { id: 'kernel-programs', look: missingPrograms },
  {
    id: 'kernel-iproute2',
    unasked: ({ kernel: { programs } }) => (programs.versioned.length === 0 ? 'neither is there' : undefined),
    *look(facts) {
      for (const program of facts.kernel.programs.versioned) {
        const fault = versionFault(program);
        if (fault === undefined) continue;
        const { severity, whom } = needOf(program.name, facts);
        const cure = 'install iproute2 5.4 or later, so that its programs come before any others of the same names';
        yield observe(severity, `${program.path} ${fault}${whom}`, cure);
      }
    },
  },
]);

/** What every device needs, except vhost-user with a foreign switch, if dan uses iproute2. */
const basics: readonly Tool[] = ['ip', 'nsenter'];

/** All programs that the program for Node may run, except that of Open vSwitch. */
const all: readonly Tool[] = [...basics, 'bridge', 'tc', 'tee', 'cat', 'mknod', 'mount', 'unshare', 'flock'];

// Programs that the same networks need are reported together.
function* missingPrograms(facts: NodeFacts): Iterable<Observation> {
  const { programs, runsPrograms } = facts.kernel;
  const missing = (runsPrograms ? all : probingTools)
    .filter((tool) => !programs.there.has(tool))
    .map((tool) => ({ tool, ...needOf(tool, facts) }));
  for (const alike of Map.groupBy(missing, ({ severity, whom }) => `${severity}${whom}`).values()) {
    const { severity, whom } = alike[0] ?? { severity: 'note', whom: '' };
    const tools = alike.map(({ tool }) => JSON.stringify(tool)).join(', ');
    const packages = [...new Set(alike.map(({ tool }) => packageOf(tool)))].join(', ');
    const seen = `missing: the program${alike.length === 1 ? '' : 's'} ${tools}${whom}`;
    yield observe(severity, seen, `install ${packages} (the names of Debian’s packages)`);
  }
}

// The networks that need a program. The executable needs none of these programs.
function needOf(
  tool: Tool,
  { cni: { networks }, kernel: { runsPrograms } }: NodeFacts,
): { readonly severity: Severity; readonly whom: string } {
  const neededBy = networksThat(
    networks,
    (config) => runsPrograms && (tool === 'flock' || toolsOf(config, true).includes(tool)),
  );
  const isBasic = runsPrograms && basics.includes(tool) && networks.length === 0;
  return { severity: severityFor(neededBy, isBasic ? 'warning' : 'note'), whom: concerning(neededBy) };
}

/** The date of iproute2 5.4. Earlier versions were dates. */
const firstSnapshot = 191125;

/** Why a program cannot be used; undefined if it can. Pure. */
export function versionFault({ says, isBusybox }: VersionedProgram): string | undefined {
  if (says === undefined) return isBusybox ? 'is that of busybox' : undefined;
  const [, name] = /iproute2-(\S+?),?(?:\s|$)/.exec(says) ?? [];
  if (name === undefined) return `is not from iproute2: for "-V" it prints "${says}"`;
  const [, snapshot] = /^ss(\d{6})/.exec(name) ?? [];
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(name) ?? [];
  const isOld =
    snapshot === undefined
      ? Number(major) < 5 || (Number(major) === 5 && Number(minor) < 4)
      : Number(snapshot) < firstSnapshot;
  return isOld ? `is too old: iproute2 ${name}` : undefined;
}
