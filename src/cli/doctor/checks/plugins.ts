import { originOf } from '../../../ipam/plugin.ts';
import type { PluginFile } from '../../../node/cni/plugin-files.ts';
import { version } from '../../about.ts';
import { checksUnless, error, observe, warning } from '../check.ts';
import type { NodeFacts } from '../facts/node.ts';
import { withoutContainerd } from './containerd.ts';

/** Checks of the programs that a runtime calls. */
export const pluginChecks = checksUnless(withoutContainerd, [
  {
    id: 'cni-executable',
    *look({ cni: { dan, networks, binDirs } }) {
      const fault = faultOf(dan, binDirs);
      const isWanted = networks.length > 0 || dan.path !== undefined;
      if (fault !== undefined) yield observe(isWanted ? 'error' : 'warning', fault, copyAnew(binDirs));
    },
  },
  {
    id: 'cni-executable-version',
    unasked: withoutProgram,
    *look({ cni: { dan, binDirs } }) {
      const { path = '', version: installed } = dan;
      if (installed === version) return;
      yield installed === undefined
        ? error(`${path} --version does not answer as dan does: it is another program`, copyAnew(binDirs))
        : warning(`${path} is dan ${installed}`, copyAnew(binDirs));
    },
  },
  {
    id: 'cni-plugins',
    *look({ cni: { others, binDirs } }) {
      for (const file of others) {
        const fault = faultOf(file, binDirs);
        const cure =
          `install it (${originOf(file.type)}), or name the directory that has it in bin_dir of containerd’s configuration; ` +
          'Debian’s own is /usr/lib/cni';
        if (fault !== undefined) yield error(fault, cure);
      }
    },
  },
]);

function withoutProgram({ isLive, cni: { dan } }: NodeFacts): string | undefined {
  if (!isLive) return 'only files are looked at';
  return dan.state.is === 'program' ? undefined : 'there is none that could be asked';
}

function faultOf({ type, path = '', state }: PluginFile, binDirs: readonly string[]): string | undefined {
  switch (state.is) {
    case 'program':
      return undefined;
    case 'missing':
      return `the plugin "${type}" is not in ${binDirs.join(', ')}`;
    case 'cut-off':
      return `${path} was cut off: it has ${state.size} bytes, and its header says ${state.whole}`;
    case 'not-executable':
      return `${path} is not executable: its mode lacks x`;
    case 'no-program':
      return `${path} is not a program: it begins neither as an ELF file nor with "#!"`;
    default:
      return state satisfies never;
  }
}

// A running program cannot be written to ("text file busy"), but a runtime would call a half-written one.
function copyAnew([directory = '']: readonly string[]): string {
  return (
    'run "dan install", or copy this dan beside it and rename it: ' +
    `"install -m 755 dan ${directory}/.dan && mv ${directory}/.dan ${directory}/dan"`
  );
}
