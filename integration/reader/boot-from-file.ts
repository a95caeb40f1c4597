import { Guest } from '../guest/guest.ts';
import type { Machine } from '../guest/machine.ts';
import { readDocument } from './document.ts';
import { configureGuest } from './guest-agent.ts';
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
}

/**
 * Does with a DAN file what Kata's runtime-rs does, and nothing more: looks its taps up, boots a virtual machine, plugs
 * the taps in and configures the guest from the file. Throws where Kata would fail the sandbox; then nothing is left.
 */
export async function bootFromFile(options: FileOptions): Promise<Guest> {
  const { host, file, directory } = options;
  const { exitCode, stdout, stderr } = await host.run('cat', [file]);
  if (exitCode !== 0) throw new Error(`cannot read the DAN file ${file}: ${stderr.trim()}`);
  const devices = readDocument(stdout, file);
  const taps = [];
  for (const device of devices) taps.push({ device, index: await lookUpTap(host, device.tap) });
  const cpus = options.cpus ?? Math.min(4, Math.max(1, ...devices.map(({ queuePairs }) => queuePairs)));
  const guest = await Guest.boot({
    host,
    cpus,
    ports: devices.length,
    ...(directory === undefined ? {} : { directory }),
  });
  try {
    for (const [port, { device, index }] of taps.entries()) await plugIn(host, guest, device, index, port);
    await configureGuest(guest, devices);
    return guest;
  } catch (error) {
    await guest[Symbol.asyncDispose]();
    throw error;
  }
}
