import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { isObject, type JsonObject } from '../protocol/input.ts';
import { type CommandOptions, run } from './command.ts';
import { toolPath } from './tools.ts';

/** Reads links by name or altname, over netlink, with one `ip` process. One that does not exist is left out. */
export async function readLinks(names: readonly string[], timeoutSeconds: number): Promise<readonly Link[]> {
  const input = names.map((name) => `link show dev ${name}\n`).join('');
  return await ipJson(toolPath('ip'), ['-j', '-d', '-force', '-batch', '-'], { input, timeoutSeconds });
}

/** The ports of a bridge. */
export async function readPorts(bridge: InterfaceName, timeoutSeconds: number): Promise<readonly Link[]> {
  return await ipJson(toolPath('ip'), ['-j', 'link', 'show', 'master', bridge], { timeoutSeconds });
}

/** All links of the namespace that a path leads to, with their addresses. */
export async function readLinksOf(netns: string, timeoutSeconds: number): Promise<readonly Link[]> {
  return await ipJson(toolPath('nsenter'), [`--net=${netns}`, '--', toolPath('ip'), '-j', 'addr', 'show'], {
    timeoutSeconds,
  });
}

async function ipJson(path: string, args: readonly string[], options: CommandOptions): Promise<readonly Link[]> {
  const { exitCode, stdout, stderr } = await run(path, args, options);
  const unexpected = stderr.split('\n').filter((line) => line !== '' && !isAboutMissing(line));
  if ((exitCode !== 0 && stderr === '') || unexpected.length > 0) {
    const said = unexpected.join('; ');
    throw danError(
      'command-failed',
      `"${path} ${args.join(' ')}" ended with ${exitCode} and said: ${said === '' ? 'nothing' : said}`,
    );
  }
  // In a batch, every line's answer is a JSON array on a line of its own.
  const answers = stdout.split('\n').filter((line) => line !== '');
  return answers
    .flatMap((line) => JSON.parse(line) as unknown[])
    .flatMap((value) => (isLink(value) ? [toLink(value)] : []));
}

function isAboutMissing(line: string): boolean {
  return /^Device "[^"]*" does not exist\.$|^Command failed -:\d+$/.test(line);
}

function isLink(value: unknown): value is JsonObject {
  return isObject(value) && typeof value['ifname'] === 'string';
}

/** Reads one link of `ip -j -d link show`. */
export function toLink(link: JsonObject): Link {
  const info = isObject(link['linkinfo']) ? link['linkinfo'] : {};
  return {
    index: number(link['ifindex']),
    name: String(link['ifname']),
    altnames: Array.isArray(link['altnames']) ? link['altnames'].map(String) : [],
    alias: text(link['ifalias']),
    mac: text(link['address']),
    mtu: number(link['mtu']),
    up: Array.isArray(link['flags']) && link['flags'].includes('UP'),
    master: text(link['master']),
    kind: text(info['info_kind']),
    data: isObject(info['info_data']) ? info['info_data'] : {},
    addresses: addressesOf(link['addr_info']),
  };
}

function addressesOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map(({ local, prefixlen }) => `${String(local)}/${String(prefixlen)}`);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
