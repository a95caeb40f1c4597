import { readIfThere } from '../../host/files.ts';
import type { Tree } from '../../host/tree.ts';
import { isAbsolute, normalize } from '../../model/path.ts';
import { printable } from '../../command/printable.ts';
import { type Terminal, type Words, WrongUse } from '../../command/command.ts';
import { givenPath } from '../../command/given-path.ts';
import { fillInNodeAddress, placeholder } from './node-address.ts';
import { readyConfigurations } from './ready-configurations.ts';

/** A network configuration that is to be installed. */
interface AskedConfiguration {
  /** Its name among the ready ones, or its file. */
  readonly name: string;
  readonly text: string;
  /** What the operator should know of how the text came about. */
  readonly notes: readonly string[];
}

/** What the operator asked `dan install` for. Paths are the node's. */
export interface InstallQuestion {
  readonly tree: Tree;
  readonly configuration: AskedConfiguration | undefined;
  readonly confDir: string | undefined;
  readonly binDir: string | undefined;
  readonly kataConfig: string | undefined;
  /** The directory may be one that others use, too. */
  readonly shared: boolean;
}

/** Reads the command line of `dan install`. Throws {@link WrongUse}, and `io-failure` for a file that cannot be read. */
export function readQuestion({ values, switches }: Words, terminal: Terminal): InstallQuestion {
  const configuration = values.get('config');
  const confDir = nodePath(values, 'conf-dir');
  if (confDir !== undefined && configuration === undefined) {
    throw new WrongUse('dan install: --conf-dir is where a network configuration goes: name one with --config, too');
  }
  const nodeAddress = values.get('node-address');
  if (nodeAddress !== undefined && configuration === undefined) {
    throw new WrongUse(
      `dan install: --node-address is filled in for ${placeholder} in a network configuration: name one with --config, too`,
    );
  }
  return {
    tree: treeOf(values, terminal),
    configuration: configuration === undefined ? undefined : askedConfiguration(configuration, nodeAddress, terminal),
    confDir,
    binDir: nodePath(values, 'bin-dir'),
    kataConfig: nodePath(values, 'kata-config'),
    shared: switches.has('shared'),
  };
}

/** The node that `--root` names, or this one. */
export function treeOf(values: Words['values'], terminal: Terminal): Tree {
  return { root: givenPath(values.get('root') ?? '/', terminal) };
}

function askedConfiguration(asked: string, nodeAddress: string | undefined, terminal: Terminal): AskedConfiguration {
  const { name, text } = readConfiguration(asked, terminal);
  const filled = fillInNodeAddress(text, name, nodeAddress);
  const unused = nodeAddress !== undefined && filled === text;
  const note = `the configuration ${name} has no ${placeholder}: --node-address is not used`;
  return { name, text: filled, notes: unused ? [note] : [] };
}

function readConfiguration(asked: string, terminal: Terminal): Pick<AskedConfiguration, 'name' | 'text'> {
  if (!asked.includes('/')) {
    const text = readyConfigurations.get(asked);
    if (text !== undefined) return { name: asked, text };
    const known = [...readyConfigurations.keys()].join(', ');
    throw new WrongUse(
      `dan install: there is no ready configuration "${printable(asked)}"; there are ${known}, and a file of your own is named ` +
        'with a "/" in its path, like ./my.conflist',
    );
  }
  const path = givenPath(asked, terminal);
  const text = readIfThere(path);
  if (text === undefined) throw new WrongUse(`dan install: there is no file ${printable(path)}`);
  return { name: path, text };
}

// A path below another root cannot be relative to a directory here.
function nodePath(values: Words['values'], option: string): string | undefined {
  const path = values.get(option);
  if (path === undefined) return undefined;
  if (!isAbsolute(path)) throw new WrongUse(`dan install: --${option} is a path on the node, and begins with "/"`);
  return normalize(path).replace(/(?<=.)\/$/, '');
}
