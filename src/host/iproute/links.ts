import { type Link, type LinkAddress, linkDataKeys } from '../../model/link.ts';
import type { Where } from '../../model/operation.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { numberOf, textOf } from './json.ts';
import { run } from './program.ts';
import { runForJson } from './read.ts';
import { commandIn, type Site } from '../site.ts';

/** Reads links by name or altname, over netlink, with one `ip` process. One that does not exist is left out. */
export async function readLinks(names: readonly string[], where: Where, site: Site): Promise<readonly Link[]> {
  if (names.length === 0) return [];
  return await show(
    names.map((name) => `dev ${name}`),
    where,
    site,
  );
}

/** Reads the MTUs of the ports of a bridge on the host, with one `ip` process. */
export async function readPortMtus({ name }: Link, site: Site): Promise<readonly number[]> {
  const ports = await show([`master ${name}`], 'host', site);
  return ports.map(({ mtu }) => mtu);
}

async function show(what: readonly string[], where: Where, site: Site): Promise<readonly Link[]> {
  const input = what.map((one) => `link show ${one}\n`).join('');
  const [path, args, options] = commandIn(where, site, 'ip', ['-j', '-d', '-force', '-batch', '-']);
  const answers = await runForJson(path, args, { ...options, input, timeoutSeconds: site.timeoutSeconds });
  return answers.flat().filter(isNamed).map(toLink);
}

/** Reads all links of a namespace, with one `ip` process. */
export async function readAllLinks(where: Where, site: Site): Promise<readonly Link[]> {
  const [path, args, options] = commandIn(where, site, 'ip', ['-j', '-d', 'link', 'show']);
  const answers = await runForJson(path, args, { ...options, timeoutSeconds: site.timeoutSeconds });
  return answers.flat().filter(isNamed).map(toLink);
}

/** Deletes links by name or altname with one `ip` process; true when every one of them was there and is gone. */
export async function deleteLinks(names: readonly string[], where: Where, site: Site): Promise<boolean> {
  const input = names.map((name) => `link del dev ${name}\n`).join('');
  const [path, args, options] = commandIn(where, site, 'ip', ['-force', '-batch', '-']);
  const { exitCode } = await run(path, args, { ...options, input, timeoutSeconds: site.timeoutSeconds });
  return exitCode === 0;
}

/** Reads one link of `ip -j -d link show` or `ip -j -d addr show`. */
export function toLink(link: JsonObject): Link {
  const info = isObject(link['linkinfo']) ? link['linkinfo'] : {};
  return {
    index: numberOf(link['ifindex']),
    name: String(link['ifname']),
    altnames: Array.isArray(link['altnames']) ? link['altnames'].map(String) : [],
    alias: textOf(link['ifalias']),
    mac: textOf(link['address']),
    mtu: numberOf(link['mtu']),
    up: Array.isArray(link['flags']) && link['flags'].includes('UP'),
    queueLength: numberOf(link['txqlen']),
    master: textOf(link['master']),
    kind: textOf(info['info_kind']),
    data: dataOf(info['info_data']),
    addresses: addressesOf(link['addr_info']),
  };
}

/** Whether an answer is a link; `ip` prints an empty object for one that vanished meanwhile. */
export function isNamed(link: JsonObject): boolean {
  return typeof link['ifname'] === 'string';
}

function dataOf(data: unknown): JsonObject {
  if (!isObject(data)) return {};
  return Object.fromEntries(linkDataKeys.filter((key) => data[key] !== undefined).map((key) => [key, data[key]]));
}

function addressesOf(value: unknown): LinkAddress[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map(({ local, prefixlen, scope, dynamic }) => ({
    cidr: `${String(local)}/${String(prefixlen)}`,
    scope: String(scope),
    ...(dynamic === true ? { dynamic } : {}),
  }));
}
