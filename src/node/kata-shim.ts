import { type RuntimeHandler, shimName } from '../config/containerd/handler.ts';
import { isExecutable } from '../host/tools.ts';
import { pathIn, type Tree } from '../host/tree.ts';
import { programOf, saidVersion } from './programs.ts';

/** The two runtimes that Kata has. */
export type KataRuntime = 'go' | 'rust';

/** The shim of a handler: the program that starts the virtual machine. */
export interface KataShim {
  /** As the node calls it; undefined: it is in none of the usual directories, or not where the handler says. */
  readonly path: string | undefined;
  /** What was looked for. */
  readonly name: string;
  /** Which of the two runtimes it is; undefined: that cannot be told. */
  readonly runtime: KataRuntime | undefined;
  /** Its version, like `3.29.0`; undefined where it cannot be asked. */
  readonly version: string | undefined;
}

/** Looks at the shim of a handler. It is asked for its version where the node is this one. */
export async function lookAtShim(tree: Tree, handler: RuntimeHandler): Promise<KataShim> {
  const name = handler.path ?? shimName(handler) ?? 'containerd-shim-kata-v2';
  const path = name.startsWith('/') ? executableAt(tree, name) : programOf(tree, name);
  const told = readShimVersion(await saidVersion(tree, path));
  return { path, name, runtime: told?.runtime ?? runtimeOfPath(handler), version: told?.version };
}

/** Reads what a shim prints for `--version`: `Kata Containers containerd shim (Rust): id: …, version: 4.0.0, commit: …`. */
export function readShimVersion(said: string | undefined): { runtime: KataRuntime; version: string } | undefined {
  const found = /containerd shim \((Golang|Rust)\):.*?\bversion: ([^,\s]+)/.exec(said ?? '');
  if (found === null) return undefined;
  return { runtime: found[1] === 'Rust' ? 'rust' : 'go', version: found[2] ?? '' };
}

function executableAt(tree: Tree, path: string): string | undefined {
  return isExecutable(pathIn(tree, path)) ? path : undefined;
}

// Kata's own packages put the Rust runtime and its configurations below directories of this name.
function runtimeOfPath({ path, configPath }: RuntimeHandler): KataRuntime | undefined {
  return [path, configPath].some((one) => one?.includes('/runtime-rs/') === true) ? 'rust' : undefined;
}
