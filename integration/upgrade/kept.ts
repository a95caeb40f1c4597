import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Place } from './place.ts';

/** An attachment as a version of dan has left it on a node, in a form that outlives the node. */
export interface Kept {
  /** Makes what was on the node before. */
  readonly setUp: string;
  /** dan's plugin object, with what libcni adds, and the result of the plugin before it; or what `dan kata-network` gets. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Makes what ADD has made in the kernel and in the switch, as commands of iproute2 and Open vSwitch. */
  readonly made: string;
  /** What it has printed. */
  readonly result: object;
  /** The files that ADD has left, by their paths. */
  readonly files: Readonly<Record<string, string>>;
}

/** The folder of what a version has left: one file for each case. */
export const folderOf = (version: string): string => fileURLToPath(new URL(`./${version}/`, import.meta.url));

/** The versions whose attachments are kept. */
export const keptVersions: readonly string[] = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Reads what a version has left for a case. */
export function readKept(version: string, name: string): Kept {
  return JSON.parse(readFileSync(`${folderOf(version)}${name}.json`, 'utf8')) as Kept;
}

/** Directories in which ADD leaves files. */
const directories = '/run/dan/attachments /var/lib/dan/attachments /run/kata-containers/dans /var/lib/cni';

/** Every file that dan and its IPAM plugin have left, by its path. */
export async function filesOn(place: Place): Promise<Readonly<Record<string, string>>> {
  const paths = await place.sh(
    `find ${directories} -type f ! -name lock ! -name 'last_reserved_ip.*' 2>/dev/null | sort`,
  );
  const files = paths.split('\n').filter((path) => path !== '');
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path, await place.sh(`cat '${path}'`)] as const)),
  );
}

/** Puts the attachment onto a node that has been set up for it. */
export async function putBack({ made, files }: Kept, place: Place): Promise<void> {
  await place.sh(made === '' ? ':' : made);
  // Every start of a node has namespaces of other numbers, and another id.
  const netns = await place.sh(`stat -L -c %i ${place.netns}`);
  const boot = await place.sh('cat /proc/sys/kernel/random/boot_id');
  for (const [path, text] of Object.entries(files)) {
    const now = text.replace(/"netnsInode":\d+/, `"netnsInode":${netns}`).replace(/"boot":"[^"]*"/, `"boot":"${boot}"`);
    await place.sh(`mkdir -p "$(dirname '${path}')"\ncat >'${path}' <<'END'\n${now}\nEND`);
  }
}
