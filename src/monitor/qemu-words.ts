import { basename, join } from '../model/path.ts';
import type { Door, DoorKind } from './monitor.ts';

/** QEMU's arguments that open a monitor. `-qmp-pretty` speaks as `-qmp` does, with more line breaks. */
const monitorArguments: Readonly<Record<string, DoorKind>> = {
  '-monitor': 'qemu-hmp',
  '-qmp': 'qemu-qmp',
  '-qmp-pretty': 'qemu-qmp',
};

/** Kata's own monitor, which takes one client: the runtime. */
const ofKata = 'qmp.sock';

/** Whether these are the words of a QEMU that runs a sandbox: both of Kata's runtimes give it the name `sandbox-<id>`. Pure. */
export function isMachineOf(words: readonly string[], sandbox: string): boolean {
  const name = words[words.indexOf('-name') + 1];
  return words.includes('-name') && name?.split(',')[0] === `sandbox-${sandbox}`;
}

/**
 * The monitors that a QEMU was started with, without that of Kata's, those of the machine protocol first. A path is relative to
 * the directory that QEMU works in. Pure.
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

// `unix:path=P,server=on,wait=off`, or `unix:P,…`. One that QEMU was handed as a descriptor is Kata's.
function pathIn(value: string): string | undefined {
  const [, path = ''] = /^unix:(?:path=)?([^,=]+)(?:,|$)/.exec(value) ?? [];
  return path === '' ? undefined : path;
}
