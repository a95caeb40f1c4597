import { readFileSync } from 'node:fs';
import type { Plugin } from 'rolldown';

/** A component from elsewhere: a part of a program, or a tool that made it. */
export interface Material {
  readonly name: string;
  /** Undefined if it is not known. */
  readonly version?: string;
  /** Package URL (https://github.com/package-url/purl-spec). */
  readonly purl?: string;
  /** Checksum of its package; in hexadecimal digits. */
  readonly hash?: { readonly alg: 'SHA-256' | 'SHA-512'; readonly content: string };
  /** SPDX expression. */
  readonly license?: string;
  readonly description?: string;
}

/** A plugin of the bundler that collects the npm packages from which a module gets into the bundle. */
export function collectPackages(): { readonly plugin: Plugin; readonly paths: () => readonly string[] } {
  const paths = new Set<string>();
  const plugin: Plugin = {
    name: 'collect-packages',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      for (const id of chunks.flatMap(({ moduleIds }) => moduleIds)) {
        // The key in package-lock.json: the path of a nested package has both names.
        const [path] = /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(id) ?? [];
        if (path !== undefined) paths.add(path);
      }
    },
  };
  return { plugin, paths: () => [...paths].sort() };
}

/** Npm packages by their paths in package-lock.json. Throws for a path that is missing there. */
export function npmPackages(paths: readonly string[]): readonly Material[] {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
    readonly packages: Readonly<Record<string, { version: string; integrity: string; license?: string }>>;
  };
  return paths.map((path) => {
    const entry = lock.packages[path];
    if (entry === undefined) throw new Error(`package-lock.json has no ${path}`);
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const { version, integrity, license } = entry;
    const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
    return {
      name,
      version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      hash: { alg: 'SHA-512', content },
      ...(license === undefined ? {} : { license }),
    };
  });
}

/** The packages in a pip requirements file in this directory, each with its only checksum. */
export function pipPackages(file: string): readonly Material[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const pins = text.matchAll(/^(\S+)==(\S+)[\s\\]+--hash=sha256:([0-9a-f]{64})$/gm);
  return [...pins].map(([, name = '', version = '', content = '']) => {
    return { name, version, purl: `pkg:pypi/${name}@${version}`, hash: { alg: 'SHA-256', content } };
  });
}
