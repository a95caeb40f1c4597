import { CloudHypervisor } from './cloud-hypervisor.ts';
import { connectTo } from './connection.ts';
import { Hmp } from './hmp.ts';
import type { Door, Monitor } from './monitor.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { Qemu } from './qemu.ts';
import { Qmp } from './qmp.ts';

/**
 * Connects to a monitor. Root must own the socket, and its directory must not let anybody else replace it. Throws
 * `monitor-unreachable`, `monitor-late`, `monitor-garbled`, `directory-unsafe`, `io-failure`.
 *
 * @param deadline when the connection, and each call over it, ends at the latest: milliseconds of `system.now()`.
 * @param interrupted stops waiting for a monitor that has not sent its greeting.
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
