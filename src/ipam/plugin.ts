import { run } from '../host/command.ts';
import { isExecutable } from '../host/tools.ts';
import { danError } from '../model/error.ts';
import { join } from '../model/path.ts';
import type { Command, Variables } from '../protocol/environment.ts';
import { CniError, protocolErrors } from '../protocol/error.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { type CniVersion, supportedVersions } from '../protocol/version.ts';

/** Seconds an IPAM plugin may take: one that asks a server for a lease takes its time. */
const timeoutSeconds = 120;

/** A delegated call: spec 1.1.0, section "Plugin delegation". */
export interface IpamCall {
  readonly command: Command;
  /** File name of the plugin. */
  readonly type: string;
  /** Directories of CNI_PATH. */
  readonly path: readonly string[];
  /** The whole environment of the plugin, but for CNI_COMMAND. */
  readonly variables: Variables;
  /** The network configuration; it is passed on whole. */
  readonly document: JsonObject;
  /** A lock that the plugin holds too: one that outlives dan must be done before anything else happens. */
  readonly lock?: number | undefined;
  /** It happens when the answer is not wanted any more: then the plugin is killed. */
  readonly interrupted?: Interruption | undefined;
}

/**
 * Calls an IPAM plugin and returns what it printed as JSON (undefined for nothing). Its failure is passed on with the
 * plugin's own code. One that does not speak the configuration's CNI version is called again with the newest version
 * that both speak: a runtime asks only the main plugin which versions it has.
 * Throws `ipam-plugin-missing`, `ipam-plugin-failed`, or the plugin's error.
 */
export async function callIpam(call: IpamCall): Promise<unknown> {
  const program = findPlugin(call.type, call.path);
  try {
    return await execute(program, call, call.document);
  } catch (error) {
    const wrongVersion = error instanceof CniError && error.code === protocolErrors['incompatible-version'];
    // STATUS and GC came with 1.1.0: an older version does not help.
    if (!wrongVersion || call.command === 'STATUS' || call.command === 'GC') throw error;
    const older = await olderVersion(program, call);
    if (older === undefined) throw error;
    return await execute(program, call, { ...call.document, cniVersion: older });
  }
}

/** The program of an IPAM plugin, looked up in the directories of CNI_PATH. Throws `ipam-plugin-missing`. */
export function findPlugin(type: string, path: readonly string[]): string {
  for (const directory of path) {
    const program = join(directory, type);
    if (isExecutable(program)) return program;
  }
  const where = path.length === 0 ? 'CNI_PATH is empty' : `it is in none of ${path.join(', ')}`;
  throw danError(
    'ipam-plugin-missing',
    `the IPAM plugin "${type}" cannot be run: ${where}; install it there (${originOf(type)}), ` +
      'or correct "ipam.type" or CNI_PATH',
  );
}

/** What Debian's package of plugins has, without those that its newer versions add. */
const ofDebian =
  'bandwidth bridge dhcp firewall host-device host-local ipvlan loopback macvlan portmap ptp sbr static tuning vlan vrf';

/** Where the program of a plugin comes from. */
export function originOf(type: string): string {
  return ofDebian.split(' ').includes(type)
    ? 'Debian: containernetworking-plugins'
    : 'no package of Debian has it: it comes from its own project, often by a DaemonSet';
}

async function execute(
  program: string,
  { command, type, variables, lock, interrupted }: IpamCall,
  document: JsonObject,
): Promise<unknown> {
  const { exitCode, stdout, stderr } = await run(program, [], {
    input: JSON.stringify(document),
    timeoutSeconds,
    group: true,
    lock,
    interrupted,
    variables: { ...variables, CNI_COMMAND: command },
  });
  const answer = parseAnswer(stdout);
  if (exitCode === 0) return answer;
  if (isObject(answer) && typeof answer['code'] === 'number') {
    const details = typeof answer['details'] === 'string' ? answer['details'] : undefined;
    throw new CniError('ipam-plugin-error', answer['code'], `IPAM plugin ${type}: ${String(answer['msg'])}`, details);
  }
  throw danError(
    'ipam-plugin-failed',
    `the IPAM plugin ${program} ended with ${exitCode} and no CNI error on ${command}: run it by hand to see why`,
    [stdout.trim(), stderr.trim()].filter((text) => text !== '').join('; '),
  );
}

async function olderVersion(program: string, call: IpamCall): Promise<CniVersion | undefined> {
  const asked = call.document['cniVersion'];
  const answer = await execute(program, { ...call, command: 'VERSION' }, { cniVersion: asked });
  const spoken: unknown = isObject(answer) ? answer['supportedVersions'] : undefined;
  if (!Array.isArray(spoken)) return undefined;
  const known = supportedVersions.findIndex((version) => version === asked);
  return supportedVersions.slice(0, Math.max(known, 0)).findLast((version) => spoken.includes(version));
}

function parseAnswer(stdout: string): unknown {
  try {
    return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as unknown);
  } catch {
    return undefined;
  }
}
