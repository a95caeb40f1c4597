import { exists, linkTarget } from '../host/files.ts';
import { lookAtFile } from '../host/own-files.ts';
import type { Diagnosis } from '../model/error.ts';
import { qemusOf } from './machines.ts';
import type { Door } from './monitor.ts';
import { monitorsIn } from './qemu-words.ts';

/** The door of a sandbox, or why there is none, with the setting of Kata that would open one. */
export type DoorOrNone =
  | { readonly door: Door; readonly none?: undefined }
  | { readonly none: Diagnosis; readonly door?: undefined };

/** Cloud Hypervisor's sockets under the Rust runtime (`CH_API_SOCKET_NAME`), and the Go runtime (`clhAPISocket`). */
const cloudHypervisorSockets = (sandbox: string): readonly string[] => [
  `/run/kata/${sandbox}/ch-api.sock`,
  `/run/vc/vm/${sandbox}/clh-api.sock`,
];

/**
 * Finds the door of a running sandbox from the state of the node: the sockets in the sandbox's directories, and the
 * command line and working directory of the VMM's process. Whether anything listens there shows only when it is opened.
 * Throws `io-failure`.
 *
 * @param sandbox the sandbox's own id, not that of a container in it.
 */
export function findDoor(sandbox: string): DoorOrNone {
  const socket = cloudHypervisorSockets(sandbox).find(isSocket);
  if (socket !== undefined) return { door: { kind: 'cloud-hypervisor', socket } };
  const machines = qemusOf(sandbox);
  for (const { pid, words } of machines) {
    const doors = monitorsIn(words, linkTarget(`/proc/${pid}/cwd`) ?? '/');
    const door = doors.find((one) => isSocket(one.socket));
    if (door !== undefined) return { door };
  }
  return { none: whyNone(sandbox, machines[0]?.pid) };
}

function isSocket(path: string): boolean {
  return lookAtFile(path) === 'socket';
}

function whyNone(sandbox: string, pid: number | undefined): Diagnosis {
  if (pid === undefined) {
    return {
      seen: 'neither a socket of Cloud Hypervisor nor a process of QEMU that is of this sandbox was found',
      cure: 'Dragonball and Firecracker let nobody but Kata plug anything in; use a handler with QEMU or Cloud Hypervisor',
    };
  }
  return {
    seen: `its QEMU (process ${pid}) has no monitor besides the one that Kata holds`,
    cure: `set enable_debug = true and extra_monitor_socket = "${exists(`/run/kata/${sandbox}`) ? 'hmp' : 'qmp'}" for the hypervisor in Kata’s configuration, and start the pod anew`,
  };
}
