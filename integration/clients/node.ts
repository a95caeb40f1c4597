import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../harness/host.ts';
import { pluginDirectory, writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';
import { program } from './programs.ts';

/** The source of the reference plugins: Debian 12 has 1.1.1, `newest` is the version in go.mod. */
export type Plugins = 'debian' | 'newest';

/** Makes a directory inside the host with dan and the reference plugins, and returns its path. */
export async function installPlugins(host: Host, plugins: Plugins): Promise<string> {
  const directory = `/run/cni-${plugins}`;
  const source = plugins === 'newest' ? dirname(program('plugins', 'bridge')) : pluginDirectory;
  await host.sh(`mkdir -p ${directory}; ln -s '${source}'/* '${executable}' ${directory}`);
  return directory;
}

/** A list of `cni-conf/` as it is shipped. */
export function shippedList(name: string): ConfList {
  const path = fileURLToPath(new URL(`../../cni-conf/${name}.conflist`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')) as ConfList;
}

/** The parts of a network configuration list that the tests need. */
export interface ConfList {
  readonly cniVersion: string;
  readonly cniVersions?: readonly string[];
  readonly name: string;
  readonly plugins: readonly object[];
}

/** Writes lists into a new directory inside the host, and returns its path. */
export async function writeLists(host: Host, directory: string, lists: readonly ConfList[]): Promise<string> {
  for (const [index, list] of lists.entries()) {
    await writeInside(host, join(directory, `${10 + index}-${list.name}.conflist`), JSON.stringify(list));
  }
  return directory;
}

/** Makes the bridge of the lists for `host-tap`, with the gateways of their networks. */
export async function makeBridge(host: Host): Promise<void> {
  await host.sh(`
    ip link add br0 type bridge
    ip link set br0 up
    for address in 10.88.0.1/16 fd00:88::1/64; do ip address add "$address" dev br0 nodad; done`);
}

/** The devices in the host's DAN files in order, by sandbox. */
export async function danDevices(host: Host): Promise<Readonly<Record<string, readonly DanDevice[]>>> {
  const files = await host.sh('find /run/kata-containers/dans -name "*.json" | sort');
  const entries = files
    .split('\n')
    .filter((path) => path !== '')
    .map(async (path) => {
      const { devices } = JSON.parse(await host.sh(`cat '${path}'`)) as { readonly devices: readonly DanDevice[] };
      return [path.replace(/.*\/|\.json$/g, ''), devices] as const;
    });
  return Object.fromEntries(await Promise.all(entries));
}

/** The parts of a device in a DAN file that the tests need. */
export interface DanDevice {
  readonly name: string;
  readonly guest_mac: string;
  readonly device: { readonly type: string };
  readonly network_info: { readonly interface: { readonly ip_addresses: readonly string[] } };
}
