import { Guest } from '../guest/guest.ts';
import type { Machine } from '../guest/machine.ts';
import { type DanDevice, readDocument } from './document.ts';
import { configureGuest } from './guest-agent.ts';
import { inNamespace } from './namespace.ts';
import type { NicProperties, Place, Plug } from './plug.ts';
import { lookUpTapOf } from './tap.ts';
import { lookUpSocket } from './vhost-user.ts';

/** The options for booting a guest from a file. */
export interface FileOptions {
  readonly host: Machine;
  /** Path of a DAN file, as seen inside the host. */
  readonly file: string;
  /** Directory for the guest's sockets. By default, a new one in the host's directory. */
  readonly directory?: string;
  /** Processors of the guest. By default, as many as the device with the most queue pairs has, up to 4. */
  readonly cpus?: number;
  /** More QEMU properties for every network device of the guest, such as `{ csum: false }`. */
  readonly nic?: NicProperties;
}

/**
 * Does with a DAN file exactly what a Kata runtime does: looks its devices up, boots a virtual machine, plugs them in
 * and configures the guest from the file. Throws if Kata would fail the sandbox; then nothing is left.
 *
 * A file without `netns` is read as by Kata's runtime-rs: taps are the host's, and no other network namespace is ever
 * entered. A file with a `netns` is read as in the format as it was first published: taps are looked up in that
 * namespace, and the virtual machine runs there, since it can open them by name only there.
 */
export async function bootFromFile(options: FileOptions): Promise<Guest> {
  const { host, file, directory, nic = {} } = options;
  const { exitCode, stdout, stderr } = await host.run('cat', [file]);
  if (exitCode !== 0) throw new Error(`cannot read the DAN file ${file}: ${stderr.trim()}`);
  const { netns, devices } = readDocument(stdout, file);
  const plugs: Plug[] = [];
  for (const [port, device] of devices.entries()) plugs.push(await lookUp(device, { host, netns, port }));
  const cpus = options.cpus ?? Math.min(4, Math.max(1, ...devices.map(({ queuePairs }) => queuePairs)));
  const guest = await Guest.boot({
    host: netns === null ? host : inNamespace(host, netns),
    cpus,
    mayContinue: true,
    // Two for a guest with one device, too: it continues from the same kept state.
    ports: Math.max(2, devices.length),
    sharedMemory: devices.some(({ backend }) => backend.type === 'vhost-user'),
    qemuArgs: plugs.flatMap(({ qemuArgs }) => qemuArgs),
    ...(directory === undefined ? {} : { directory }),
  });
  try {
    for (const plug of plugs) await plug.plugIn(guest, nic);
    await configureGuest(guest, devices);
    return guest;
  } catch (error) {
    await guest[Symbol.asyncDispose]();
    throw error;
  }
}

function lookUp(device: DanDevice, place: Place): Promise<Plug> {
  const { backend } = device;
  switch (backend.type) {
    case 'host-tap':
      return lookUpTapOf({ ...device, backend }, place);
    case 'vhost-user':
      return lookUpSocket({ ...device, backend }, place);
  }
}
