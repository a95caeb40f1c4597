import { system } from '#system';
import { type Finished, run } from '../host/command.ts';
import { isExecutable } from '../host/tools.ts';
import { danError } from '../model/error.ts';
import { join } from '../model/path.ts';
import { type Command, delegatedBy, type Variables } from '../protocol/environment.ts';
import { CniError, protocolErrors, shortened } from '../protocol/error.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { readStrict } from '../json/strict.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { type CniVersion, supportedVersions } from '../protocol/version.ts';

/** Time limit for an IPAM plugin in seconds. A plugin that asks a server for a lease is slow. */
const timeoutSeconds = 120;

/** The largest output of a plugin in bytes: the same as for a network configuration. */
const outputLimit = 1024 * 1024;

/** Characters of each of its texts in an error. */
const mostTold = 1500;

/** A delegated call: spec 1.1.0, section "Plugin delegation". */
export interface IpamCall {
  readonly command: Command;
  /** File name of the plugin. */
  readonly type: string;
  /** Directories of CNI_PATH. */
  readonly path: readonly string[];
  /** The whole environment of the plugin, except for CNI_COMMAND. */
  readonly variables: Variables;
  /** The network configuration, which is passed on unchanged. */
  readonly document: JsonObject;
  /** Kills the plugin when its answer is not needed any more. */
  readonly interrupted?: Interruption | undefined;
}

/** A plugin ended by itself and reported a failure: a failed ADD has assigned nothing (spec 1.1.0, section "ADD"). */
class Refusal extends CniError {}

/** Whether an ADD certainly gave no address, because its plugin refused. A killed plugin may have given one. */
export function gaveNothing(error: unknown): boolean {
  return error instanceof Refusal;
}

/**
 * Calls an IPAM plugin and returns the JSON object that an ADD printed; an empty one for another command. A failure is
 * passed on with the plugin's own code. The plugin and its process group are killed if it takes too long, prints too
 * much, or is interrupted, and when dan ends in any way. It inherits only the standard files. It gets the umask of
 * dan's caller, so that its own files, such as those in /var/lib/cni, have the same modes as under any other plugin. If
 * it does not support the configuration's CNI version, it is called again with the newest version that both support: a
 * runtime asks only the main plugin for its versions. Throws `ipam-plugin-missing`, `ipam-plugin-failed`, or the
 * plugin's error.
 */
export async function callIpam(call: IpamCall): Promise<JsonObject> {
  const program = findPlugin(call.type, call.path);
  try {
    return await execute(program, call, call.document);
  } catch (error) {
    const wrongVersion = error instanceof CniError && error.code === protocolErrors['incompatible-version'];
    // STATUS and GC exist from 1.1.0 on, so an older version does not help.
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
    if (!isExecutable(program)) continue;
    if (isItself(program))
      throw missing(type, `${program} is dan itself, which gives no addresses; name an IPAM plugin in`);
    return program;
  }
  throw missing(type, `${whereLooked(path)}; install it there (${originOf(type)}), or correct`);
}

function whereLooked(path: readonly string[]): string {
  if (path.length === 0) return 'CNI_PATH is empty';
  return path.length === 1 ? `it is not in ${path.join()}` : `it is in none of ${path.join(', ')}`;
}

function missing(type: string, why: string): CniError {
  return danError('ipam-plugin-missing', `the IPAM plugin "${type}" cannot be run: ${why} "ipam.type" or CNI_PATH`);
}

// Compares inodes, since dan may have any name, or be behind a link.
function isItself(program: string): boolean {
  const own = system.executable() === undefined ? undefined : system.stat('/proc/self/exe');
  const found = own && system.stat(program);
  return own !== undefined && found?.ino === own.ino && found.dev === own.dev;
}

/** The plugins in Debian's package, except for those that only its newer versions have. */
const ofDebian =
  'bandwidth bridge dhcp firewall host-device host-local ipvlan loopback macvlan portmap ptp sbr static tuning vlan vrf';

/** Where to get the program of a plugin. */
export function originOf(type: string): string {
  return ofDebian.split(' ').includes(type)
    ? 'Debian: containernetworking-plugins'
    : 'it is in no Debian package: its own project provides it, often by a DaemonSet';
}

async function execute(
  program: string,
  { command, type, variables, interrupted }: IpamCall,
  document: JsonObject,
): Promise<JsonObject> {
  const finished = await run(program, [], {
    input: JSON.stringify(document),
    timeoutSeconds,
    group: true,
    callersUmask: true,
    outputLimit,
    interrupted,
    variables: { ...variables, CNI_COMMAND: command, [delegatedBy]: String(system.getpid()) },
  });
  const { exitCode, isTooMuch, stdout } = finished;
  const fail = (what: string): CniError => failed(finished, `the IPAM plugin ${program} ${what}`);
  if (isTooMuch === true)
    throw fail(`printed more than ${outputLimit} bytes on ${command} and was killed: see what it prints`);
  if (exitCode === 0) {
    if (command !== 'ADD' && command !== 'VERSION') return {};
    const read = readStrict(stdout);
    const why = 'fault' in read ? read.fault : 'it is no JSON object';
    if ('value' in read && isObject(read.value)) return read.value;
    throw fail(`gave an answer on ${command} that cannot be read: ${why}; run it by hand to see why`);
  }
  const read = readStrict(stdout);
  const { code, msg, details } = 'value' in read && isObject(read.value) ? read.value : {};
  // A CNI error has a code other than 0 of Go's type uint (spec 1.1.0, section "Error").
  if (Number.isSafeInteger(code) && Number(code) > 0) {
    const text = typeof msg === 'string' ? shortened(msg, mostTold) : 'it gave no message';
    const more = typeof details === 'string' ? shortened(details, mostTold) : undefined;
    throw new Refusal('ipam-plugin-error', Number(code), `IPAM plugin ${type}: ${text}`, more);
  }
  const error = fail(`ended with ${exitCode} and no CNI error on ${command}: run it by hand to see why`);
  // -1: a signal ended it.
  throw exitCode > 0 ? new Refusal(error.name, error.code, error.message, error.details) : error;
}

function failed({ stdout, stderr }: Finished, what: string): CniError {
  const said = [stdout, stderr].map((text) => shortened(text.trim(), mostTold)).filter((text) => text !== '');
  return danError('ipam-plugin-failed', what, said.length === 0 ? undefined : said.join('; '));
}

async function olderVersion(program: string, call: IpamCall): Promise<CniVersion | undefined> {
  const asked = call.document['cniVersion'];
  const { supportedVersions: spoken } = await execute(program, { ...call, command: 'VERSION' }, { cniVersion: asked });
  if (!Array.isArray(spoken)) return undefined;
  const known = supportedVersions.findIndex((version) => version === asked);
  return supportedVersions.slice(0, Math.max(known, 0)).findLast((version) => spoken.includes(version));
}
