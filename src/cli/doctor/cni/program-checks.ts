import { version } from '../../about.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { withoutContainerd } from './containerd-checks.ts';
import type { CniFacts } from '../../../node/cni/facts.ts';
import type { PluginFile } from '../../../node/cni/plugin-files.ts';

/** What is asked about the programs that a runtime calls. */
export const programChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'cni-executable',
    fine: 'the program dan is where the runtime looks for plugins, and whole',
    why: 'The runtime calls the dan of that directory, not the one that you called now.',
    unasked: withoutContainerd,
    look: ({ cni }) => danFile(cni),
  },
  {
    id: 'cni-executable-version',
    fine: `that dan is of the version that you called now, ${version}`,
    why: 'Another version may understand a configuration otherwise than the one that looks at it here.',
    unasked: (facts) => withoutContainerd(facts) ?? withoutProgram(facts.cni),
    look: ({ cni }) => otherVersion(cni),
  },
  {
    id: 'cni-plugins',
    fine: 'the other plugins that these pods need are there',
    why: 'A plugin that is not there fails every pod whose network names it.',
    unasked: withoutContainerd,
    look: ({ cni }) => cni.others.flatMap((file) => otherFile(cni, file)),
  },
];

function danFile(cni: CniFacts): readonly Observation[] {
  const { dan, networks, binDirs } = cni;
  const seen = brokenState(dan, binDirs);
  if (seen === undefined) return [];
  const isWanted = networks.length > 0 || dan.path !== undefined;
  return [{ severity: isWanted ? 'error' : 'warning', seen, cure: copyAnew(cni) }];
}

function withoutProgram({ live, dan }: CniFacts): string | undefined {
  if (!live) return 'only files are looked at';
  return dan.state.is === 'program' ? undefined : 'there is none that could be asked';
}

function otherVersion(cni: CniFacts): readonly Observation[] {
  const { path = '', version: installed } = cni.dan;
  if (installed === version) return [];
  const cure = copyAnew(cni);
  if (installed !== undefined) return [{ severity: 'warning', seen: `${path} is dan ${installed}`, cure }];
  return [{ severity: 'error', seen: `${path} --version does not answer as dan does: it is another program`, cure }];
}

function otherFile({ binDirs }: CniFacts, file: PluginFile): readonly Observation[] {
  const seen = brokenState(file, binDirs);
  if (seen === undefined) return [];
  const cure =
    'install it (Debian: containernetworking-plugins, in /usr/lib/cni), or name the directory that has it in bin_dir of ' +
    'containerd’s configuration';
  return [{ severity: 'error', seen, cure }];
}

function brokenState({ type, path = '', state }: PluginFile, binDirs: readonly string[]): string | undefined {
  switch (state.is) {
    case 'program':
      return undefined;
    case 'missing':
      return `the plugin "${type}" is not in ${binDirs.join(', ')}`;
    case 'cut-off':
      return `${path} was cut off: it has ${state.size} bytes, and its header tells of ${state.whole}`;
    case 'not-executable':
      return `${path} may not be executed: its mode lacks x`;
    case 'no-program':
      return `${path} is no program: it begins neither as an ELF file nor with "#!"`;
    default:
      return state satisfies never;
  }
}

// A running program cannot be written to ("text file busy"), and a half-written one is called all the same.
function copyAnew({ binDirs: [directory = ''] }: CniFacts): string {
  return (
    'run "dan install", or copy this dan beside it and rename it: ' +
    `"install -m 755 dan ${directory}/.dan && mv ${directory}/.dan ${directory}/dan"`
  );
}
