import { join } from '../model/path.ts';
import { exists, namesIn, readIfThere } from './files.ts';
import { isListening, lookAtSocket } from './socket.ts';

/**
 * Where Kata's runtimes have a directory for each sandbox, from its start to its end: the Go runtime (`fs` of
 * virtcontainers/persist), then the Rust runtime (`KATA_PATH` of kata-types).
 */
export const sandboxDirectories = ['/run/vc/sbs', '/run/kata'] as const;

/** The socket in that directory on which the shim answers (`SHIM_MGMT_SOCK_NAME` of Kata's shim-interface). */
export const shimSocket = 'shim-monitor.sock';

/** Where containerd has a directory for each of its tasks: as a plain service, in K3s and in k0s. */
const taskDirectories = ['/run/containerd', '/run/k3s/containerd', '/run/k0s/containerd'].map(
  (state) => `${state}/io.containerd.runtime.v2.task`,
);

/** Evidence that a sandbox runs. */
export type SignOfLife =
  /** Its shim answers on this socket. */
  | { readonly by: 'shim'; readonly socket: string }
  /** Kata's directory for it exists, but has no socket. */
  | { readonly by: 'directory'; readonly directory: string };

/**
 * Evidence that a sandbox, or a container with this id, runs; undefined if there is none. A killed shim leaves its
 * directory and its socket behind, but nothing listens on the socket. If nothing runs, this takes only a few system
 * calls.
 */
export async function signOfLife(id: string): Promise<SignOfLife | undefined> {
  for (const parent of sandboxDirectories) {
    const directory = `${parent}/${id}`;
    if (!exists(directory)) continue;
    const socket = join(directory, shimSocket);
    const there = await lookAtSocket(socket);
    if (there === 'live') return { by: 'shim', socket };
    if (there !== 'stale') return { by: 'directory', directory };
  }
  const socket = shimOfTask(id);
  return socket !== undefined && (await isListening(socket)) ? { by: 'shim', socket } : undefined;
}

// The task's directory has the shim's address in `address`, and since containerd 2.0 also in `bootstrap.json`.
function shimOfTask(id: string): string | undefined {
  const task = taskDirectories
    .filter(exists)
    .flatMap((directory) => namesIn(directory).map((namespace) => `${directory}/${namespace}/${id}`))
    .find(exists);
  if (task === undefined) return undefined;
  const address = readIfThere(join(task, 'address')) ?? readIfThere(join(task, 'bootstrap.json')) ?? '';
  return /unix:\/\/([^"\s]+)/.exec(address)?.[1];
}
