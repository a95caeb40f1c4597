import { kernel } from '#kernel';
import { type SignOfLife, signOfLife } from '../host/kata-sandbox.ts';
import type { Site } from '../host/site.ts';
import type { Running } from '../hotplug/running.ts';
import { linksOf } from '../kinds/kinds.ts';
import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { AttachmentRecord } from './record.ts';

/**
 * Refuses to change a running sandbox, since Kata reads the DAN file only at the start. `id` may also be a container's,
 * for which Kata never has a DAN file. Throws `sandbox-runs`.
 */
export async function refuseRunning(id: string): Promise<void> {
  const sign = await signOfLife(id);
  if (sign !== undefined) throw sandboxRuns(id, signText(sign));
}

/**
 * A running sandbox, with the socket on which its shim answers; undefined if it does not run. Throws `sandbox-runs` if
 * Kata has a directory for it but no shim answers.
 */
export async function runningOf(sandbox: string): Promise<Running | undefined> {
  const sign = await signOfLife(sandbox);
  if (sign?.by === 'directory') throw sandboxRuns(sandbox, signText(sign));
  return sign === undefined ? undefined : { sandbox, shim: sign.socket };
}

/** Refuses another attachment for a sandbox whose virtual machine has one of its taps open. Throws `sandbox-runs`. */
export async function refuseHeldTaps(sandbox: string, records: readonly AttachmentRecord[], site: Site): Promise<void> {
  const held = await heldTap(records, site);
  if (held !== undefined) throw sandboxRuns(sandbox, `a program has its tap ${held} open`);
}

/** The name of a tap on the host that belongs to one of these attachments and that a program (a VMM) has open. */
export async function heldTap(records: readonly AttachmentRecord[], site: Site): Promise<string | undefined> {
  const own = records.flatMap(({ device }) => linksOf(device).filter((link) => link.in === 'host'));
  return await heldOf(
    own.map(({ name }) => name),
    site,
  );
}

/** The first of these links on the host that is a tap which a program (a VMM) has open. */
export async function heldOf(names: readonly InterfaceName[], site: Site): Promise<string | undefined> {
  if (names.length === 0) return undefined;
  const links = await kernel.readLinks(names, 'host', site);
  // Other links have a carrier for other reasons. A tap loses it when the last program closes it (tun_detach).
  return links.find(({ kind, carrier }) => kind === 'tun' && carrier)?.name;
}

function signText(sign: SignOfLife): string {
  if (sign.by === 'shim') return `its shim answers on ${sign.socket}`;
  return `${sign.directory} exists; if it has ended, remove that directory`;
}

/** The refusal to plug in a device that a running virtual machine cannot get. */
export function notPluggable({ sandbox, shim }: Running): Error {
  return danError(
    'sandbox-runs',
    `sandbox ${sandbox} runs (its shim answers on ${shim}), and a vhost-user socket cannot be plugged in: it needs memory ` +
      'that the virtual machine shares from its start on; nothing was made. Use a tap, or add it before the sandbox starts',
  );
}

/** The refusal to take from a guest what it got at its start. */
export function guestKeeps({ sandbox, shim }: Running, what: string): Error {
  return danError(
    'sandbox-runs',
    `sandbox ${sandbox} runs (its shim answers on ${shim}), and its virtual machine got ${what} when it started: that is ` +
      "Kata's, and stays until the sandbox ends; nothing was changed",
  );
}

function sandboxRuns(id: string, why: string): Error {
  return danError(
    'sandbox-runs',
    `sandbox ${id} runs (${why}), and Kata reads the DAN file when a sandbox starts: its virtual machine would never see the ` +
      'change, so nothing was made. Name all networks of a pod before it starts, and start the pod anew to add one',
  );
}
