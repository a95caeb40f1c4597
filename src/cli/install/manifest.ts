import { isObject } from '../../json/object.ts';

/** dan's own directory on the node, for what outlives a reboot. */
export const manifestDirectory = '/var/lib/dan';

/** Where the manifest is, on the node. */
export const manifestPath = `${manifestDirectory}/installed.json`;

/** A file that was installed, or was about to be. */
export interface InstalledFile {
  /** On the node. */
  readonly path: string;
  /** Of what was written; where an installation was cut short while it replaced a file, of the one before as well. */
  readonly sha256: readonly string[];
}

/**
 * What `dan install` made on this node: written before the first step, so that whatever cuts an installation short, it
 * can be taken up again, or undone.
 */
export interface Manifest {
  /** Version of this form. */
  readonly format: 1;
  /** In the order of installation. */
  readonly files: readonly InstalledFile[];
  /** Those that were made for it, the outer ones first. */
  readonly directories: readonly string[];
}

/** Of a node on which nothing was installed. Whoever made its own directory: it is for dan alone. */
export const emptyManifest: Manifest = { format: 1, files: [], directories: [manifestDirectory] };

/** The text of a manifest. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Reads a manifest; undefined if it is none that this version of dan wrote. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isManifest(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): value is Manifest {
  return (
    isObject(value) &&
    value['format'] === 1 &&
    Array.isArray(value['files']) &&
    value['files'].every(isFile) &&
    areTexts(value['directories'])
  );
}

function isFile(value: unknown): boolean {
  return isObject(value) && typeof value['path'] === 'string' && areTexts(value['sha256']);
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
