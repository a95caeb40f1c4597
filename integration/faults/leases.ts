import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { Host } from '../harness/host.ts';
import { inside } from './faults.ts';

/**
 * Removes the leases that name nobody. host-local makes a lease's file first, and then writes into it whose it is. It is
 * killed with dan. If that comes in between, no DEL can know the file.
 */
export function removeEmptyLeases(host: Host): void {
  const networks = inside(host, '/var/lib/cni/networks');
  if (!existsSync(networks)) return;
  for (const path of readdirSync(networks, { recursive: true, encoding: 'utf8' })) {
    const file = `${networks}/${path}`;
    if (/\/[\d.:a-f]+$/.test(path) && statSync(file).size === 0) rmSync(file);
  }
}
