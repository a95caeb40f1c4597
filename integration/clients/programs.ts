import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Go modules that are built for the tests: each is a folder with a go.mod, which pins its versions. */
const folders = {
  'cnitool-0.8': 'go/cnitool-0.8',
  'cnitool-1.1': 'go/cnitool-1.1',
  'cnitool-1.3': 'go/cnitool-1.3',
  containerd: '../kubernetes/go/containerd',
  coredns: '../kubernetes/go/coredns',
  'go-cni': 'go/go-cni',
  kubernetes: '../kubernetes/go/kubernetes',
  multus: 'go/multus',
  plugins: 'go/plugins',
  whereabouts: '../kubernetes/go/whereabouts',
} as const;

export type Module = keyof typeof folders;

/** The modules that each suite with Go programs needs: `npm run test:<suite>`. */
export const suites = {
  clients: ['cnitool-0.8', 'cnitool-1.1', 'cnitool-1.3', 'go-cni', 'multus', 'plugins'],
  kubernetes: ['multus', 'whereabouts', 'containerd', 'coredns', 'kubernetes'],
} as const satisfies Record<string, readonly Module[]>;

/** Folder of a module's go.mod. */
export function moduleSource(module: Module): string {
  return fileURLToPath(new URL(folders[module], import.meta.url));
}

/** The directory for everything that is built or downloaded, outside of the clone. */
export function cacheDirectory(): string {
  const { XDG_CACHE_HOME: home = '' } = process.env;
  return join(home === '' ? join(homedir(), '.cache') : home, 'dan-clients');
}

/**
 * Directory of the programs built from a module. Its name depends on the source files, so programs of another version
 * are never used by mistake.
 */
export function builtPrograms(module: Module): string {
  const hash = createHash('sha256').update(process.arch);
  const cwd = moduleSource(module);
  for (const file of globSync('**/*.{go,mod,sum}', { cwd }).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(cwd, file)));
  }
  for (const file of ['build.ts', 'tap-suite-edits.ts']) hash.update(readFileSync(new URL(file, import.meta.url)));
  return join(cacheDirectory(), `${module}-${hash.digest('hex').slice(0, 12)}`);
}

/** Path of a program built from a module; throws if it does not exist. */
export function program(module: Module, name: string): string {
  const path = join(builtPrograms(module), name);
  if (!existsSync(path)) {
    const [suite] = Object.entries(suites).find(([, built]) => (built as readonly Module[]).includes(module))!;
    throw new Error(`${path} is not built: "npm run test:${suite}" builds it before the tests`);
  }
  return path;
}
