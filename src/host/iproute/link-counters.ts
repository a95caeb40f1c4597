import type { Counters, LinkCounters } from '../../model/link-counters.ts';
import type { Where } from '../../model/operation.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { isNamed } from './links.ts';
import { numberOf } from './json.ts';
import { runForJson } from './read.ts';
import { commandIn, type Site } from '../site.ts';

/** Reads the counters of links by name, with one `ip` process. One that does not exist is left out. */
export async function readCounters(
  names: readonly string[],
  where: Where,
  site: Site,
): Promise<ReadonlyMap<string, LinkCounters>> {
  if (names.length === 0) return new Map();
  const input = names.map((name) => `link show dev ${name}\n`).join('');
  const [path, args, options] = commandIn(where, site, 'ip', ['-j', '-s', '-force', '-batch', '-']);
  const answers = await runForJson(path, args, { ...options, input, timeoutSeconds: site.timeoutSeconds });
  return toCounters(answers.flat());
}

/** Reads the answers of `ip -j -s link show`. */
export function toCounters(links: readonly JsonObject[]): ReadonlyMap<string, LinkCounters> {
  return new Map(
    links.filter(isNamed).map((link) => {
      const stats = isObject(link['stats64']) ? link['stats64'] : {};
      return [String(link['ifname']), { received: oneWay(stats['rx']), sent: oneWay(stats['tx']) }];
    }),
  );
}

function oneWay(value: unknown): Counters {
  const { packets, bytes, errors, dropped } = isObject(value) ? value : {};
  return {
    packets: numberOf(packets),
    bytes: numberOf(bytes),
    errors: numberOf(errors),
    dropped: numberOf(dropped),
  };
}
