import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A JSON object that a test mutates. */
export type Json = Readonly<Record<string, unknown>>;

/** A valid configuration, as dan gets it on stdin, and its pod. */
export interface Sound {
  readonly from: string;
  readonly config: Json;
  readonly netns: string;
}

/** The pod in which another plugin made the interface `eth0` with {@link linkedAddress}. */
export const linkedPod = 'linked';

/** The address of the linked pod's interface. */
export const linkedAddress = '10.88.7.7/16';

const directory = fileURLToPath(new URL('../../cni-conf/', import.meta.url));

const prevResult = {
  cniVersion: '1.0.0',
  interfaces: [{ name: 'eth0', sandbox: `/run/netns/${linkedPod}` }],
  ips: [{ address: linkedAddress, interface: 0 }],
};

interface NetworkList {
  readonly name: string;
  readonly plugins: readonly Json[];
}

/** Every plugin object of dan in the ready configurations, merged with the list's name and version as libcni does. */
export const corpus: readonly Sound[] = readdirSync(directory)
  .filter((file) => file.endsWith('.conflist'))
  .flatMap((from) => {
    const { name, plugins } = JSON.parse(readFileSync(`${directory}${from}`, 'utf8')) as NetworkList;
    const at = plugins.findIndex(({ type }) => type === 'dan');
    // libcni does not pass this key on.
    const { capabilities: _declared, ...plugin } = plugins[at] ?? {};
    // Not the list's oldest version: only the newest one has STATUS and GC.
    const merged = { cniVersion: '1.1.0', name, ...plugin };
    return at === 0
      ? [{ from, config: merged, netns: '/run/netns/pod' }]
      : [{ from, config: { ...merged, prevResult }, netns: `/run/netns/${linkedPod}` }];
  });
