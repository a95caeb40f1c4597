import { Guest } from '../guest/guest.ts';
import type { Machine } from '../guest/machine.ts';
import { readDocument } from './document.ts';
import { configureGuest } from './guest-agent.ts';
import { inNamespace } from './namespace.ts';
import { lookUpTap, plugIn } from './tap.ts';

/** What a guest is booted from, and where. */
export interface FileOptions {
  readonly host: Machine;
  /** Path of a DAN file, as seen inside the host. */
  readonly file: string;
  /** Directory for the guest's sockets; without it, a new one in the host's. */
  readonly directory?: string;
  /** Processors of the guest; without it, as many as the device with most queue pairs has, up to 4. */
  readonly cpus?: number;
  /** Further properties of every network device of the guest, as QEMU has them, such as `{ csum: false }`. */
  readonly nic?: Readonly<Record<string, boolean>>;
}

/**
 * Does with a DAN file what a Kata runtime does, and nothing more: looks its taps up, boots a virtual machine, plugs
 * the taps in and configures the guest from the file. Throws where Kata would fail the sandbox; then nothing is left.
 *
 * A file without `netns` is read as Kata's runtime-rs reads it: taps are the host's, and no other network namespace is
 * ever entered. A file with a `netns` is read as its format was first published: taps are looked up in that namespace,
 * and the virtual machine runs there, since only in there can it open them by name.
 */
export async function bootFromFile(options: FileOptions): Promise<Guest> {
  const { host, file, directory, nic = {} } = options;
  const { exitCode, stdout, stderr } = await host.run('cat', [file]);
  if (exitCode !== 0) throw new Error(`cannot read the DAN file ${file}: ${stderr.trim()}`);
  const { netns, devices } = readDocument(stdout, file);
  const taps = [];
  for (const device of devices) taps.push({ device, index: await lookUpTap(host, device.tap, netns) });
  const cpus = options.cpus ?? Math.min(4, Math.max(1, ...devices.map(({ queuePairs }) => queuePairs)));
  const guest = await Guest.boot({
    host: netns === null ? host : inNamespace(host, netns),
    cpus,
    ports: devices.length,
    ...(directory === undefined ? {} : { directory }),
  });
  try {
    for (const [port, tap] of taps.entries()) await plugIn(host, guest, { ...tap, netns, port, nic });
    await configureGuest(guest, devices);
    return guest;
  } catch (error) {
    await guest[Symbol.asyncDispose]();
    throw error;
  }
}
