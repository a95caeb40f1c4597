import { CloudHypervisor } from './cloud-hypervisor.ts';
import { connectTo } from './connection.ts';
import { Hmp } from './hmp.ts';
import type { Door, Monitor } from './monitor.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { Qemu } from './qemu.ts';
import { Qmp } from './qmp.ts';

/**
 * Connects to a monitor. The socket must be root's, in a directory where nobody else can put another one.
 *
 * @param deadline when the connection, and each call that is made over it, ends at the latest: milliseconds of
 *   `system.now()`.
 * @param interrupted gives up a monitor that has not greeted yet.
 * Throws `monitor-unreachable`, `monitor-late`, `monitor-garbled`, `directory-unsafe`, `io-failure`.
 */
export async function openMonitor(
  { kind, socket }: Door,
  deadline: number,
  interrupted?: Interruption,
): Promise<Monitor> {
  const stream = connectTo(socket, deadline);
  const stop = interrupted?.onInterrupt(() => {
    stream.close();
  });
  try {
    switch (kind) {
      case 'cloud-hypervisor':
        return new CloudHypervisor(socket, deadline, stream);
      case 'qemu-hmp':
        return new Qemu(await Hmp.greet(socket, deadline, stream));
      case 'qemu-qmp':
        return new Qemu(await Qmp.greet(socket, deadline, stream));
      default:
        return kind satisfies never;
    }
  } catch (error) {
    stream.close();
    throw error;
  } finally {
    stop?.();
  }
}
