import { system } from '#system';
import { linkTarget, namesIn, readText } from './files.ts';

/**
 * The ids of the processes that have a file open. `isMeant` recognizes the file by the target of its link in /proc
 * (proc_pid_fd(5)) and by its `fdinfo`, which `info` reads. A process that ends meanwhile is left out.
 */
export function processesThatOpened(isMeant: (target: string, info: () => string) => boolean): readonly number[] {
  return namesIn('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => {
      try {
        return namesIn(`/proc/${pid}/fd`).some((file) => {
          const target = linkTarget(`/proc/${pid}/fd/${file}`);
          return target !== undefined && isMeant(target, () => readText(`/proc/${pid}/fdinfo/${file}`));
        });
      } catch {
        return false;
      }
    });
}

/**
 * The ids of the processes in this network namespace that have a tap open. A process in another namespace may have a
 * tap of the same name there. The fdinfo of an open tap names its link (tun_chr_show_fdinfo of drivers/net/tun.c).
 */
export function holdersOfTap(name: string): readonly number[] {
  const own = namespaceOf('self', 'net');
  return processesThatOpened((target, info) => {
    return target.endsWith('/net/tun') && info().split('\n').includes(`iff:\t${name}`);
  }).filter((pid) => namespaceOf(pid, 'net') === own);
}

/** The command line of a process, as words; none after it has ended. */
export function wordsOf(pid: number): readonly string[] {
  try {
    return readText(`/proc/${pid}/cmdline`).split('\0');
  } catch {
    return [];
  }
}

/** The inode number of the namespace of this kind that a process is in; undefined after it has ended. */
export function namespaceOf(pid: number | 'self', kind: 'net' | 'pid'): number | undefined {
  try {
    return system.stat(`/proc/${pid}/ns/${kind}`)?.ino;
  } catch {
    return undefined; // It has ended.
  }
}
