import { expect } from 'vitest';
import type { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';

/** The part of `dan plan --json` about an attachment that tests need. */
export interface Planned {
  readonly steps: readonly { readonly do: string; readonly path?: string; readonly command?: string }[];
  readonly file: { readonly path: string; readonly document: object };
  readonly assumed: readonly string[];
}

/** Runs `dan plan` inside a host for the sandbox `sandbox-1`; throws with its error if it refuses. */
export async function planIn(host: Host, network: object, netns?: string): Promise<Planned> {
  const place = netns === undefined ? [] : ['--netns', netns];
  const words = ['plan', '--json', '--sandbox', 'sandbox-1', ...place, '-'];
  const { exitCode, stdout, stderr } = await host.run(executable, words, { input: JSON.stringify(network) });
  if (exitCode !== 0) throw new Error(stderr);
  const { plans } = JSON.parse(stdout) as { plans: readonly [Planned] };
  expect(plans).toHaveLength(1);
  return plans[0];
}

/** The commands of a plan as a script. */
export function scriptOf({ steps }: Planned): string {
  return steps.flatMap(({ command }) => (command === undefined ? [] : [command])).join('\n');
}

/** The path of the record in a plan. */
export function recordOf({ steps }: Planned): string {
  return steps.find((step) => step.do === 'write')?.path ?? '';
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Everything that dan changes in a namespace: its own links with their settings, and what is at the ingress of each
 * link. Indexes and traffic counters are left out.
 */
export async function networkOf(host: Host, netns?: string): Promise<unknown> {
  const enter = netns === undefined ? '' : `nsenter --net=${netns} -- `;
  const ask = async (command: string): Promise<readonly Json[]> =>
    JSON.parse(await host.sh(`${enter}${command}`)) as readonly Json[];
  const links = await ask('ip -j -d link show');
  return await Promise.all(
    links.map(async (link) => {
      const name = String(link['ifname']);
      const { info_kind, info_data } = (link['linkinfo'] ?? {}) as Json;
      const filters = await ask(`tc -j filter show dev ${name} ingress`);
      const own = name.startsWith('dan') ? { kind: info_kind, data: info_data } : {};
      return {
        ...Object.fromEntries(
          ['ifname', 'altnames', 'ifalias', 'address', 'mtu', 'master'].map((key) => [key, link[key]]),
        ),
        up: (link['flags'] as readonly string[]).includes('UP'),
        ...own,
        ipv6Off: await host.sh(`${enter}cat /proc/sys/net/ipv6/conf/${name}/disable_ipv6`),
        filters: filters.map(({ kind, options }) => [kind, actionsOf((options ?? {}) as Json)]),
      };
    }),
  );
}

function actionsOf({ actions }: Json): unknown {
  const list = (actions ?? []) as readonly Json[];
  return list.map(({ kind, mirred_action, to_dev, cookie }) => ({ kind, mirred_action, to_dev, cookie }));
}
