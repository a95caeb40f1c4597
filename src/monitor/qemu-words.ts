import { basename, join } from '../model/path.ts';
import type { Door, DoorKind } from './monitor.ts';

/** QEMU's options that open a monitor. `-qmp-pretty` is like `-qmp`, with more line breaks. */
const monitorArguments: Readonly<Record<string, DoorKind>> = {
  '-monitor': 'qemu-hmp',
  '-qmp': 'qemu-qmp',
  '-qmp-pretty': 'qemu-qmp',
};

/** Kata's own monitor, which accepts one client: the runtime. */
const ofKata = 'qmp.sock';

/** Whether this is the command line of a sandbox's QEMU: both of Kata's runtimes name it `sandbox-<id>`. Pure. */
export function isMachineOf(words: readonly string[], sandbox: string): boolean {
  const name = words[words.indexOf('-name') + 1];
  return words.includes('-name') && name?.split(',')[0] === `sandbox-${sandbox}`;
}

/**
 * The monitors in the command line of a QEMU, except Kata's own, with those of the machine protocol first. Paths are
 * relative to QEMU's working directory. Pure.
 */
export function monitorsIn(words: readonly string[], workingDirectory: string): readonly Door[] {
  const doors = words.flatMap((word, index) => {
    const kind = monitorArguments[word];
    const path = pathIn(words[index + 1] ?? '');
    if (kind === undefined || path === undefined || basename(path) === ofKata) return [];
    return [{ kind, socket: path.startsWith('/') ? path : join(workingDirectory, path) }];
  });
  return [...doors].sort((one, other) => Number(other.kind === 'qemu-qmp') - Number(one.kind === 'qemu-qmp'));
}

// `unix:path=P,server=on,wait=off`, or `unix:P,…`. A monitor that QEMU got as a file descriptor is Kata's.
function pathIn(value: string): string | undefined {
  const [, path = ''] = /^unix:(?:path=)?([^,=]+)(?:,|$)/.exec(value) ?? [];
  return path === '' ? undefined : path;
}
