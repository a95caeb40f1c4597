import { type Terminal, type CommandLine, WrongUse } from '../../command/command.ts';
import { givenPath } from '../../command/given-path.ts';
import { printable } from '../../command/printable.ts';
import { readIfThere } from '../../host/files.ts';
import type { Tree } from '../../host/tree.ts';
import { notUnicast, parseIp } from '../../model/ip.ts';
import { isAbsolute, resolve } from '../../model/path.ts';
import { readyConfigurations } from './ready-configurations.ts';

/** What the operator asks `dan install` for. Paths are the node's. */
export interface InstallQuestion {
  readonly tree: Tree;
  /** The network configuration to install. */
  readonly configuration: Configuration | undefined;
  readonly confDir: string | undefined;
  readonly binDir: string | undefined;
  readonly kataConfig: string | undefined;
  /** Whether the directory may be one that others use, too. */
  readonly shared: boolean;
}

interface Configuration {
  /** Its name among the ready configurations, or its file. */
  readonly name: string;
  readonly text: string;
  /** What the operator should know about the text. */
  readonly notes: readonly string[];
}

/** Parses the command line of `dan install`. Throws {@link WrongUse}, and `io-failure` if a file cannot be read. */
export function readQuestion({ values, switches }: CommandLine, terminal: Terminal): InstallQuestion {
  const asked = values.get('config');
  for (const option of ['conf-dir', 'node-address']) {
    if (values.has(option) && asked === undefined) {
      throw wrong(`--${option} is for a network configuration: name one with --config, too`);
    }
  }
  return {
    tree: treeOf(values, terminal),
    configuration: asked === undefined ? undefined : configurationOf(asked, values.get('node-address'), terminal),
    confDir: nodePath(values, 'conf-dir'),
    binDir: nodePath(values, 'bin-dir'),
    kataConfig: nodePath(values, 'kata-config'),
    shared: switches.has('shared'),
  };
}

/** The node that `--root` names, or this one. */
export function treeOf(values: CommandLine['values'], terminal: Terminal): Tree {
  return { root: givenPath(values.get('root') ?? '/', terminal) };
}

function configurationOf(asked: string, nodeAddress: string | undefined, terminal: Terminal): Configuration {
  const [name, written] = readConfiguration(asked, terminal);
  const text = fillInNodeAddress(written, name, nodeAddress);
  const isUnused = nodeAddress !== undefined && text === written;
  const notes = isUnused ? [`the configuration ${name} has no ${placeholder}: --node-address is not used`] : [];
  return { name, text, notes };
}

function readConfiguration(asked: string, terminal: Terminal): readonly [name: string, text: string] {
  if (asked.includes('/')) {
    const path = givenPath(asked, terminal);
    const text = readIfThere(path);
    if (text === undefined) throw wrong(`there is no file ${printable(path)}`);
    return [path, text];
  }
  const text = readyConfigurations.get(asked);
  if (text !== undefined) return [asked, text];
  const known = [...readyConfigurations.keys()].join(', ');
  throw wrong(
    `there is no ready configuration "${printable(asked)}"; there are ${known}; name a file of your own with a "/" in its ` +
      'path, like ./my.conflist',
  );
}

// A path below another root cannot be relative to a directory of this system.
function nodePath(values: CommandLine['values'], option: string): string | undefined {
  const path = values.get(option);
  if (path === undefined) return undefined;
  if (!isAbsolute(path)) throw wrong(`--${option} is a path on the node, and begins with "/"`);
  return resolve('/', path);
}

/** Stands for the node's address, which differs between nodes, in the text of a network configuration. */
const placeholder = 'NODE_ADDRESS';

/** Addresses from the ranges for documentation. */
const examples = '192.0.2.1 or 2001:db8::1';

/**
 * Replaces each `NODE_ADDRESS` with the address that the operator gave with `--node-address`. A text without it stays
 * unchanged. Throws {@link WrongUse} if the address cannot be a node's, or if one is needed but not given.
 */
export function fillInNodeAddress(text: string, name: string, asked: string | undefined): string {
  const address = asked === undefined ? undefined : nodeAddress(asked);
  if (address !== undefined) return text.replaceAll(placeholder, address);
  if (!text.includes(placeholder)) return text;
  throw wrong(
    `the configuration ${printable(name)} has ${placeholder} in the place of this node’s own address: give the address with ` +
      `--node-address ADDRESS, like ${examples}`,
  );
}

function nodeAddress(asked: string): string {
  const parsed = parseIp(asked);
  const fault = parsed.ok ? notUnicast(parsed.value) : parsed.why;
  if (parsed.ok && fault === undefined) return parsed.value.text;
  throw wrong(`--node-address "${printable(asked)}" ${fault ?? ''}: give this node’s own address, like ${examples}`);
}

function wrong(why: string): WrongUse {
  return new WrongUse(`dan install: ${why}`);
}
