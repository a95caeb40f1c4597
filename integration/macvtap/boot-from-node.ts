import type { ResultPromise } from 'execa';
import { Guest } from '../guest/guest.ts';
import type { Machine } from '../guest/machine.ts';
import type { Host } from '../harness/host.ts';
import { readDocument } from '../reader/document.ts';
import { configureGuest } from '../reader/guest-agent.ts';

/** The part of a DAN file with `macvtap` keys that a reader needs. */
interface Nodes {
  readonly devices: readonly {
    readonly device: { readonly macvtap?: { readonly path: string; readonly mode: string } };
  }[];
}

// The shell's redirections have one digit.
const firstDescriptor = 3;
const lastDescriptor = 9;

/**
 * Boots a guest from a DAN file whose devices are macvtaps: opens the device node of each, once for each queue pair,
 * and passes the descriptors to QEMU. It enters no network namespace. Then it configures the guest from the file.
 */
export async function bootFromNode(host: Host, file: string): Promise<Guest> {
  const text = await host.sh(`cat ${file}`);
  const { devices } = readDocument(text, file);
  const nodes = (JSON.parse(text) as Nodes).devices.map(({ device }) => device.macvtap?.path);
  const opened: string[] = [];
  const qemuArgs = devices.flatMap(({ name, mac, queuePairs }, at) => {
    const node = nodes[at];
    if (node === undefined) throw new Error(`device ${name} in ${file} has no macvtap key: nothing to open`);
    const first = firstDescriptor + opened.length;
    const descriptors = Array.from({ length: queuePairs }, (_, queue) => first + queue);
    opened.push(...descriptors.map(() => node));
    // Two vectors for each pair, one for configuration, one for control.
    const vectors = 2 * queuePairs + 2;
    const nic = `virtio-net-pci,netdev=net${at},mac=${mac},bus=port${at},mq=on,vectors=${vectors}`;
    return ['-netdev', `tap,id=net${at},fds=${descriptors.join(':')}`, '-device', nic];
  });
  if (firstDescriptor + opened.length > lastDescriptor + 1)
    throw new Error(`too many queues in ${file} for this reader`);
  const cpus = Math.max(1, ...devices.map(({ queuePairs }) => queuePairs));
  const guest = await Guest.boot({ host: withOpenNodes(host, opened), cpus, ports: devices.length, qemuArgs });
  try {
    await configureGuest(guest, devices);
    return guest;
  } catch (error) {
    await guest[Symbol.asyncDispose]();
    throw error;
  }
}

// The nodes are opened where QEMU is started, which inherits them: a descriptor does not depend on a namespace.
function withOpenNodes(host: Host, nodes: readonly string[]): Machine {
  const redirections = nodes.map((node, at) => `${firstDescriptor + at}<>'${node}'`).join(' ');
  return {
    directory: host.directory,
    spawn: (command, args, options): ResultPromise =>
      host.spawn('sh', ['-c', `exec "$@" ${redirections}`, 'sh', command, ...args], options),
    run: (command, args, options) => host.run(command, args, options),
  };
}
