import { utf8 } from '#bytes';
import { system } from '#system';
import { closing, writeAll } from '../../src/host/files.ts';
import type { Mac } from '../../src/model/mac.ts';
import { findDoor } from '../../src/monitor/discover.ts';
import type { Door, Monitor, PluggedNic } from '../../src/monitor/monitor.ts';
import { openMonitor } from '../../src/monitor/open.ts';
import { CniError } from '../../src/protocol/error.ts';

// Bundled for the executable's host, since only that can send file descriptors. Its argument is a task as JSON; it
// prints the results.

/** A call of a monitor. */
export type DoorCall =
  | { readonly plug: { readonly id: string; readonly mac: string; readonly tap: string; readonly pairs: number } }
  | { readonly unplug: string }
  | { readonly holds: PluggedNic }
  | { readonly ids: true };

/** The task of the program: to find a door, or to open one and make calls, one after the other, until one fails. */
export type DoorTask =
  | { readonly find: string }
  | { readonly door: Door; readonly seconds: number; readonly calls: readonly DoorCall[] };

async function done(monitor: Monitor, call: DoorCall): Promise<unknown> {
  if ('plug' in call) {
    const { id, mac, tap, pairs } = call.plug;
    const queues = Array.from({ length: pairs }, () => openQueue(tap, pairs > 1));
    try {
      return await monitor.plug({ id, mac: mac as Mac, queues });
    } finally {
      for (const queue of queues) system.close(queue);
    }
  }
  if ('holds' in call) return await monitor.holds(call.holds);
  if ('ids' in call) return await monitor.ids();
  await monitor.unplug(call.unplug);
  return 'done';
}

// TUNSETIFF of linux/if_tun.h, with IFF_TAP, IFF_NO_PI, IFF_VNET_HDR, and IFF_MULTI_QUEUE if there are several queues.
function openQueue(tap: string, isMultiQueue: boolean): number {
  const file = system.open('/dev/net/tun', 'r+');
  const request = new Uint8Array(40);
  request.set(utf8(tap));
  request.set([0x02, isMultiQueue ? 0x51 : 0x50], 16);
  if (native.ioctl(file, 0x4004_54ca, request) < 0) throw new Error(`${tap} cannot be opened`);
  return file;
}

async function work(task: DoorTask): Promise<readonly unknown[]> {
  if ('find' in task) return [findDoor(task.find)];
  const seen: unknown[] = [];
  let monitor: Monitor | undefined;
  try {
    monitor = await openMonitor(task.door, system.now() + task.seconds * 1000);
    for (const call of task.calls) seen.push(await done(monitor, call));
  } catch (error) {
    const { name, message } = error as Error;
    seen.push({ error: name, ...(error instanceof CniError ? { code: error.code } : {}), message });
  } finally {
    monitor?.close();
  }
  return seen;
}

async function main([task = '']: readonly string[]): Promise<void> {
  const begin = system.now();
  const seen = await work(JSON.parse(task) as DoorTask);
  const files = closing(system.open('/proc/self/fd', 'r'), () => system.readdir('/proc/self/fd').length);
  writeAll(1, utf8(JSON.stringify({ seen, seconds: (system.now() - begin) / 1000, files })));
  system.exit(0);
}

system.onUncaught((error) => {
  writeAll(2, utf8(`${error instanceof Error ? system.trace(error) : String(error)}\n`));
  system.exit(1);
});
system.onStart(() => {
  void main(system.args());
});
