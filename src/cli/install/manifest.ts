import * as z from 'zod/mini';
import { readIfThere } from '../../host/files.ts';
import { pathIn, type Tree } from '../../host/tree.ts';

/** dan's own directory on the node for files that survive a reboot. */
export const manifestDirectory = '/var/lib/dan';

/** The path of the manifest on the node. */
export const manifestPath = `${manifestDirectory}/installed.json`;

const form = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /**
   * In the order of installation, each with the SHA-256 of what was written. If an installation was interrupted while
   * it replaced the file, also with the SHA-256 of the previous contents.
   */
  files: z.array(z.object({ path: z.string(), sha256: z.array(z.string()) })),
  /** The directories that were made for it, the outer ones first. */
  directories: z.array(z.string()),
});

/**
 * What `dan install` made on this node. It is written before the first step, so that an interrupted installation can be
 * continued or undone.
 */
export type Manifest = z.infer<typeof form>;

/** A file that was installed, or was about to be. */
export type InstalledFile = Manifest['files'][number];

/** The text of a manifest. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The manifest of a node. Throws `io-failure`. */
export function readManifest(tree: Tree): Manifest | 'unreadable' {
  const text = readIfThere(pathIn(tree, manifestPath));
  // dan's own directory is for dan alone, so uninstalling removes it, no matter who made it.
  if (text === undefined) return { format: 1, files: [], directories: [manifestDirectory] };
  try {
    return form.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}
