import { system } from '#system';
import { linkTarget, namesIn, readText } from './files.ts';

/**
 * The ids of the processes that have a file open, known by the target of its link in /proc (proc_pid_fd(5)), and by its
 * `fdinfo`, which `info` reads. A process that ends meanwhile has none.
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
 * The ids of the processes in this network namespace that have a tap open. A process of another namespace may have one of
 * the same name there. The kernel tells the link of an open tap in its fdinfo (tun_chr_show_fdinfo of drivers/net/tun.c).
 */
export function holdersOfTap(name: string): readonly number[] {
  const own = namespaceOf('self', 'net');
  return processesThatOpened((target, info) => {
    return target.endsWith('/net/tun') && info().split('\n').includes(`iff:\t${name}`);
  }).filter((pid) => namespaceOf(pid, 'net') === own);
}

/** The words that a process was started with; none once it has ended. */
export function wordsOf(pid: number): readonly string[] {
  try {
    return readText(`/proc/${pid}/cmdline`).split('\0');
  } catch {
    return [];
  }
}

/** The number of the namespace of this kind that a process is in; undefined once it has ended. */
export function namespaceOf(pid: number | 'self', kind: 'net' | 'pid'): number | undefined {
  try {
    return system.stat(`/proc/${pid}/ns/${kind}`)?.ino;
  } catch {
    return undefined; // It has ended.
  }
}
