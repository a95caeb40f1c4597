import type { Host } from '../harness/host.ts';
import type { Finished } from '../harness/starter.ts';
import { program } from './programs.ts';

/** The generations of libcni whose cnitool is built, by version without the patch number. */
export type Libcni = '0.8' | '1.1' | '1.3';

/** The input of cnitool: which build of it, and where the plugins and the lists are. */
export interface Cnitool {
  readonly host: Host;
  readonly libcni: Libcni;
  readonly plugins: string;
  readonly lists: string;
}

/** Calls the real cnitool inside a host, for a network and the pod's namespace. */
export function cnitool(
  { host, libcni, plugins, lists }: Cnitool,
  command: 'add' | 'check' | 'del' | 'gc' | 'status',
  network: string,
  netns: string,
): Promise<Finished> {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CNI_PATH: plugins, NETCONFPATH: lists };
  return host.run(program(`cnitool-${libcni}`, 'cnitool'), [command, network, netns], { env });
}
