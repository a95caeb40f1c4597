import { counterFrequency } from './counter.ts';
import type { Image } from './image.ts';
import { shellSocket } from './shell.ts';

/** The hardware of a guest. */
export interface Hardware {
  /** Processors; virtio-net uses no more queue pairs than there are. */
  readonly cpus?: number;
  /** Number of PCIe root ports, `port0` and so on: each accepts one device that is plugged in later. */
  readonly ports?: number;
  /** Whether other processes can map its memory, as a vhost-user device requires. */
  readonly sharedMemory?: boolean;
  /** Megabytes; the default is 256. */
  readonly memory?: number;
  /** More parameters for the kernel's command line. */
  readonly kernelParameters?: readonly string[];
  /** More arguments for QEMU. */
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

/** The output of the guest's console, for other processes. */
function consoleLog(directory: string): string {
  return `${directory}/console.log`;
}

/** All files that QEMU leaves in the directory of its sockets. */
export function filesIn(directory: string): readonly string[] {
  return [qmpSocket, shellSocket, pidFile, consoleLog].map((path) => path(directory));
}

// Quiet and without what only real hardware needs: every probe is slow on an emulated processor. QEMU translates a
// program anew if the next process has it at other addresses.
const kernelParameters = [
  ...['console=ttyS0', 'quiet', 'panic=-1', 'net.ifnames=0', 'mitigations=off', 'norandmaps'],
  ...['no_timer_check', 'tsc=reliable', 'cryptomgr.notests', 'random.trust_cpu=on'],
];

/** QEMU's command line. The console is its standard output; the shell is the second serial port. */
export function qemuArguments(image: Image, directory: string, hardware: Hardware): readonly string[] {
  const { cpus = 1, ports = 2, sharedMemory = false, memory: megabytes = 256, qemuArgs = [] } = hardware;
  const parameters = [...kernelParameters, ...counterFrequency(), ...(hardware.kernelParameters ?? [])];
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
