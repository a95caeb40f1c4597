import { utf8 } from '#bytes';
import { protocolError } from './error.ts';

/** The operations of CNI 1.1.0. */
export const commands = ['ADD', 'DEL', 'CHECK', 'STATUS', 'GC', 'VERSION'] as const;

/** A CNI operation, the value of CNI_COMMAND. */
export type Command = (typeof commands)[number];

/** A process's environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The CNI environment after validation. A value that the command does not use may be empty. */
export interface Environment {
  readonly command: Command;
  /** CNI_CONTAINERID: the id of the sandbox, the same for every attachment of a pod. */
  readonly containerId: string;
  /** CNI_IFNAME, valid by the spec's rule, except in a DEL. */
  readonly ifname: string;
  /** CNI_NETNS: path of the pod's network namespace; empty in a DEL after the namespace is gone. */
  readonly netns: string;
  /** CNI_ARGS by key. If a key repeats, the last value counts: Multus repeats keys. */
  readonly args: ReadonlyMap<string, string>;
  /** The absolute directories of CNI_PATH, in order. */
  readonly path: readonly string[];
  /** CNI_NETNS_OVERRIDE: the caller confirms that the netns may be the plugin's own. */
  readonly netnsOverride: boolean;
}

/**
 * A variable in an IPAM plugin's environment. If it is set, a dan started this dan as its IPAM plugin, by any route.
 */
export const delegatedBy = 'DAN_IPAM_OF';

interface Rule {
  readonly variable: string;
  /**
   * Commands that refuse a wrong value and, unless it is optional, a missing one. DEL is in few of these lists, so that
   * a typo cannot block a pod's deletion.
   */
  readonly usedBy: readonly Command[];
  /** Commands that refuse a missing value, and take a wrong one. */
  readonly neededBy?: readonly Command[];
  readonly optional?: true;
  /** What is wrong with a value; undefined if nothing is. */
  readonly fault: (value: string) => string | undefined;
}

const identifier = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/**
 * Whether a DEL is for an interface that no ADD can have made, because the spec does not allow its name. With Multus, a
 * pod's owner chooses the name: an error would keep the pod, which the runtime could never delete.
 */
export function isOfNothing({ command, ifname }: Environment): boolean {
  return command === 'DEL' && ifnameFault(ifname) !== undefined;
}

/** Whether the spec allows a container id and an interface name that come from elsewhere than the environment. */
export function areValidIds(containerId: string, ifname: string): boolean {
  return identifier.test(containerId) && ifname !== '' && ifnameFault(ifname) === undefined;
}

const rules: readonly Rule[] = [
  {
    variable: 'CNI_CONTAINERID',
    usedBy: ['ADD', 'DEL', 'CHECK'],
    fault: (value) =>
      identifier.test(value)
        ? undefined
        : 'must start with a letter or digit and hold only letters, digits, "_", ".", "-"',
  },
  {
    variable: 'CNI_NETNS',
    usedBy: ['ADD', 'CHECK'],
    fault: (value) => (value.startsWith('/') ? undefined : 'must be an absolute path'),
  },
  { variable: 'CNI_IFNAME', usedBy: ['ADD', 'CHECK'], neededBy: ['DEL'], fault: ifnameFault },
  {
    variable: 'CNI_ARGS',
    usedBy: ['ADD', 'CHECK'],
    optional: true,
    fault: (value) =>
      pairs(value).every((pair) => /^[^=]+=/.test(pair)) ? undefined : 'must be a list of KEY=VALUE separated by ";"',
  },
];

/**
 * Reads and validates the CNI environment. Throws one `invalid-environment` that names every missing or wrong variable
 * (spec 1.1.0, section "Parameters").
 */
export function parseEnvironment(variables: Variables): Environment {
  const command = parseCommand(variables['CNI_COMMAND']);
  const faults = rules.flatMap(({ variable, usedBy, neededBy = [], optional, fault }) => {
    const isUsed = usedBy.includes(command);
    if (!isUsed && !neededBy.includes(command)) return [];
    const value = variables[variable] ?? '';
    if (value === '') return optional ? [] : [`${variable} is missing`];
    const wrong = isUsed ? fault(value) : undefined;
    return wrong === undefined ? [] : [`${variable} ${JSON.stringify(value)} ${wrong}`];
  });
  if (faults.length > 0) {
    throw protocolError('invalid-environment', `CNI_COMMAND ${command} cannot run: ${faults.join('; ')}`);
  }
  return {
    command,
    containerId: variables['CNI_CONTAINERID'] ?? '',
    ifname: variables['CNI_IFNAME'] ?? '',
    netns: variables['CNI_NETNS'] ?? '',
    args: new Map(pairs(variables['CNI_ARGS'] ?? '').map(splitPair)),
    path: (variables['CNI_PATH'] ?? '').split(':').filter((directory) => directory.startsWith('/')),
    netnsOverride: /^(1|t|true)$/i.test(variables['CNI_NETNS_OVERRIDE'] ?? ''),
  };
}

function parseCommand(value: string | undefined): Command {
  const command = commands.find((known) => known === value);
  if (command !== undefined) return command;
  throw protocolError(
    'invalid-environment',
    `CNI_COMMAND ${JSON.stringify(value ?? '')} is unknown: it must be one of ${commands.join(', ')}`,
  );
}

// The rule of the kernel's dev_valid_name and of libcni's ValidateInterfaceName.
function ifnameFault(value: string): string | undefined {
  if (utf8(value).length > 15) return 'must have at most 15 bytes';
  if (value === '.' || value === '..') return 'must not be "." or ".."';
  return /[/:\s]/.test(value) ? 'must not hold "/", ":" or white space' : undefined;
}

function pairs(value: string): string[] {
  return value.split(';').filter((pair) => pair !== '');
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
