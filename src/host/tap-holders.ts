import { system } from '#system';
import { linkTarget, namesIn, readText } from './files.ts';

/**
 * The process ids of the programs in this network namespace that have a tap open. A process of another namespace may
 * have one of the same name there. A process that ends meanwhile has none.
 */
export function holdersOfTap(name: string): readonly number[] {
  const own = namespaceOf('self');
  return namesIn('/proc')
    .filter((pid) => /^\d+$/.test(pid) && namespaceOf(pid) === own && hasOpen(pid, name))
    .map(Number);
}

function namespaceOf(pid: string): number | undefined {
  try {
    return system.stat(`/proc/${pid}/ns/net`)?.ino;
  } catch {
    return undefined; // It has ended.
  }
}

// The kernel tells the link of an open tap in its fdinfo (tun_chr_show_fdinfo of drivers/net/tun.c).
function hasOpen(pid: string, name: string): boolean {
  const directory = `/proc/${pid}`;
  try {
    return namesIn(`${directory}/fd`).some(
      (file) =>
        linkTarget(`${directory}/fd/${file}`)?.endsWith('/net/tun') === true &&
        readText(`${directory}/fdinfo/${file}`).split('\n').includes(`iff:\t${name}`),
    );
  } catch {
    return false; // It has ended.
  }
}
