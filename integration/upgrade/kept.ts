import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Place } from './place.ts';

/** An attachment as a version of dan left it on a node, in a form that outlives the node. */
export interface Kept {
  /** A script that makes the state of the node before. */
  readonly setUp: string;
  /** dan's plugin object with libcni's additions and the previous result; or the input of `dan kata-network`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** A script that makes what ADD made in the kernel and in the switch, with commands of iproute2 and Open vSwitch. */
  readonly made: string;
  /** The output of ADD. */
  readonly result: object;
  /** The files that ADD left, by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** The folder of a version, with one file for each case. */
export const folderOf = (version: string): string => fileURLToPath(new URL(`./${version}/`, import.meta.url));

/** The versions with captured attachments. */
export const keptVersions: readonly string[] = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Reads the capture of a version for a case. */
export function readKept(version: string, name: string): Kept {
  return JSON.parse(readFileSync(`${folderOf(version)}${name}.json`, 'utf8')) as Kept;
}

/** Directories in which ADD leaves files. */
const directories = '/run/dan/attachments /var/lib/dan/attachments /run/kata-containers/dans /var/lib/cni';

/** All files that dan and its IPAM plugin left, by path. */
export async function filesOn(place: Place): Promise<Readonly<Record<string, string>>> {
  const paths = await place.sh(
    `find ${directories} -type f ! -name lock ! -name 'last_reserved_ip.*' 2>/dev/null | sort`,
  );
  const files = paths.split('\n').filter((path) => path !== '');
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path, await place.sh(`cat '${path}'`)] as const)),
  );
}

/** Restores the attachment on a node that has been set up for it. */
export async function putBack({ made, files }: Kept, place: Place): Promise<void> {
  await place.sh(made === '' ? ':' : made);
  // The namespaces' inode numbers and the boot id are different on every node.
  const netns = await place.sh(`stat -L -c %i ${place.netns}`);
  const boot = await place.sh('cat /proc/sys/kernel/random/boot_id');
  for (const [path, text] of Object.entries(files)) {
    const now = text.replace(/"netnsInode":\d+/, `"netnsInode":${netns}`).replace(/"boot":"[^"]*"/, `"boot":"${boot}"`);
    await place.sh(`mkdir -p "$(dirname '${path}')"\ncat >'${path}' <<'END'\n${now}\nEND`);
  }
}
