import type { Guest } from '../guest/guest.ts';
import type { Host } from '../harness/host.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { type Attaching, attach, danFile } from './chain.ts';

/** Attaches a sandbox and boots a guest from its file, with QEMU properties for its network device. */
export async function attachedGuest(attaching: Attaching, nic: Readonly<Record<string, boolean>> = {}): Promise<Guest> {
  await attach(attaching);
  return await bootFromFile({ host: attaching.host, file: danFile(attaching), nic });
}

/** The inode number of a process's or path's network namespace. */
export async function namespaceOf(host: Host, what: string): Promise<string> {
  return await host.sh(`stat --dereference --format %i ${what}`);
}
