import type { Image } from './image.ts';
import { shellSocket } from './shell.ts';

/** The machine that a guest is given. */
export interface Hardware {
  /** Processors; virtio-net uses no more queue pairs than there are. */
  readonly cpus?: number;
  /** PCIe root ports, `port0` and on: each takes one device that is plugged in later. */
  readonly ports?: number;
  /** Memory that another process can map: a vhost-user device takes it. */
  readonly sharedMemory?: boolean;
  /** Megabytes; 256 without it. */
  readonly memory?: number;
  /** Further words for the command line of the kernel. */
  readonly kernelParameters?: readonly string[];
  /** Further arguments for QEMU, as they are. */
  readonly qemuArgs?: readonly string[];
}

/** The control socket of a guest whose sockets are in this directory. */
export function qmpSocket(directory: string): string {
  return `${directory}/qmp.sock`;
}

/** The file with QEMU's process id, as it is in the host's namespace. */
export function pidFile(directory: string): string {
  return `${directory}/qemu.pid`;
}

/** What the guest's console has printed, for whoever looks on from another process. */
function consoleLog(directory: string): string {
  return `${directory}/console.log`;
}

/** Everything that QEMU leaves in the directory of its sockets. */
export function filesIn(directory: string): readonly string[] {
  return [qmpSocket, shellSocket, pidFile, consoleLog].map((path) => path(directory));
}

// Quiet and without what only real hardware needs: an emulated processor feels every probe.
const kernelParameters = [
  ...['console=ttyS0', 'quiet', 'panic=-1', 'net.ifnames=0', 'mitigations=off'],
  ...['no_timer_check', 'tsc=reliable', 'cryptomgr.notests', 'random.trust_cpu=on'],
];

/** QEMU's command line. The console is its standard output; the shell is the second serial port. */
export function qemuArguments(image: Image, directory: string, hardware: Hardware): readonly string[] {
  const { cpus = 1, ports = 2, sharedMemory = false, memory: megabytes = 256, qemuArgs = [] } = hardware;
  const parameters = [...kernelParameters, ...(hardware.kernelParameters ?? [])];
  const rootPorts = Array.from({ length: ports }, (_, index) => {
    const slot = index + 1;
    return ['-device', `pcie-root-port,id=port${index},bus=pcie.0,chassis=${slot},slot=${slot}`];
  }).flat();
  const memory = sharedMemory
    ? ['-object', 'memory-backend-memfd,id=memory,size=256M,share=on', '-machine', 'q35,memory-backend=memory']
    : ['-machine', 'q35'];
  return [
    ...(image.qemu?.args ?? []),
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-pidfile', pidFile(directory)],
    ...[...memory, '-accel', 'tcg', '-cpu', 'max', '-smp', String(cpus), '-m', `${megabytes}M`],
    ...['-chardev', `stdio,id=console,signal=off,logfile=${consoleLog(directory)}`, '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=shell,path=${shellSocket(directory)},server=on,wait=off`, '-serial', 'chardev:shell'],
    ...['-qmp', `unix:${qmpSocket(directory)},server=on,wait=off`],
    ...['-kernel', image.kernel, '-initrd', image.initramfs, '-append', parameters.join(' ')],
    ...rootPorts,
    ...qemuArgs,
  ];
}
