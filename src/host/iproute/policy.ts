import { elementsIn, isObject, type JsonObject, numberIn, stringIn } from '../../json/object.ts';
import type { PolicyRule } from '../../model/pod-view.ts';
import type { Kernel } from '../kernel.ts';
import { iptablesFiles, linkParameters, parameterName } from '../policy-sources.ts';
import type { Site } from '../site.ts';
import { hasTool } from '../tools.ts';
import { askIn, failure, mustIn, runIn } from './tools.ts';

/** Reads what else in the pod's namespace affects the packets of a link. */
export const readPolicy: Kernel['readPolicy'] = async (link, site) => {
  const [[rules4 = [], proxied = []], [rules6 = []], nftables, iptables] = await Promise.all([
    askIn('pod', site, 'ip', ['-j', '-batch', '-'], { input: 'rule show\nneigh show proxy\n' }),
    // `ip` prints IPv6 rules only if asked for that family.
    askIn('pod', site, 'ip', ['-6', '-j', 'rule', 'show']),
    readNftables(site),
    readFiles(iptablesFiles, site),
  ]);
  return {
    rules: [...rules4.flatMap((rule) => toRule(rule, 4)), ...rules6.flatMap((rule) => toRule(rule, 6))],
    proxied: proxied.filter(({ dev }) => dev === undefined || dev === link).map(({ dst }) => String(dst)),
    nftables,
    iptables: [...new Set(iptables)],
  };
};

// Rules for the tables that every namespace has are left out.
function toRule({ priority, table, action }: JsonObject, family: 4 | 6): readonly PolicyRule[] {
  const leadsTo = stringIn(table);
  if (leadsTo === 'local' || leadsTo === 'main') return [];
  return [
    {
      family,
      action: stringIn(action) ?? (leadsTo === undefined ? 'other' : 'lookup'),
      table: leadsTo,
      priority: numberIn(priority),
    },
  ];
}

/** The parameters of a link in the pod that differ from those of `lo`, in the form of sysctl(8). */
export async function changedParameters(link: string, site: Site): Promise<readonly string[]> {
  return (await Promise.all([changedOf('ipv4', link, site), changedOf('ipv6', link, site)])).flat();
}

// Reads the files of `lo` and of the link, of one line each. If a file is missing (no IPv6), returns nothing.
async function changedOf(of: 'ipv4' | 'ipv6', link: string, site: Site): Promise<readonly string[]> {
  const files = ['lo', link].flatMap((name) =>
    linkParameters[of].map((parameter) => `/proc/sys/net/${of}/conf/${name}/${parameter.name}`),
  );
  const values = await readFiles(files, site);
  const { length } = linkParameters[of];
  if (values.length !== files.length) return [];
  return linkParameters[of]
    .filter((_, at) => values[at] !== values[length + at])
    .map(({ name }) => parameterName(of, link, name));
}

// Without the program `nft`, nobody on this node made such rules with it.
async function readNftables(site: Site): Promise<readonly string[]> {
  if (!hasTool('nft')) return [];
  const answer: unknown = JSON.parse(await mustIn('pod', site, 'nft', ['-j', 'list', 'ruleset']));
  const found = elementsIn(isObject(answer) ? answer['nftables'] : undefined)
    .filter(isObject)
    .flatMap(({ rule, chain }) => [rule, chain])
    .filter(isObject)
    .filter((one) => one['expr'] !== undefined || one['policy'] === 'drop');
  return [...new Set(found.map(({ family, table }) => `${String(family)} ${String(table)}`))];
}

/** The lines of files below /proc, as the pod sees them. A kernel without a family lacks some of the files. */
async function readFiles(files: readonly string[], site: Site): Promise<readonly string[]> {
  const finished = await runIn('pod', site, 'cat', files);
  const lines = finished.stdout.split('\n').filter((line) => line !== '');
  if (finished.exitCode === 0 || finished.stderr.includes('No such file')) return lines;
  throw failure(`cat ${files.join(' ')}`, 'pod', finished);
}
