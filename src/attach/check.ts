import { isDeepStrictEqual } from 'node:util';
import { readNetwork } from '../config/network.ts';
import { findEntry } from '../dan/merge.ts';
import { danFile, readDanFile } from '../dan/store.ts';
import { hostTapFaults, type TapUsers } from '../device/host-tap.ts';
import { readLinks } from '../host/links.ts';
import { linkAttribute } from '../host/sysfs.ts';
import { danError } from '../model/error.ts';
import { deriveNames } from '../model/identity.ts';
import type { Link } from '../model/link.ts';
import type { SandboxId } from '../model/sandbox-id.ts';
import type { Request } from '../protocol/dispatch.ts';
import { protocolError } from '../protocol/error.ts';
import { delegate } from './ipam.ts';
import { type AttachmentRecord, readRecord } from './record.ts';

/**
 * Checks that an attachment is as ADD left it: record, tap, entry in the file, and the IPAM plugin's own check.
 * Throws one `check-failed` that names every difference.
 */
export async function check(request: Request): Promise<void> {
  const { environment, input } = request;
  if (input.document['prevResult'] === undefined) {
    throw protocolError(
      'invalid-configuration',
      'CHECK needs the "prevResult" of the ADD, and the runtime passed none',
    );
  }
  const config = readNetwork(input.document, environment.args);
  const identity = { network: input.name, sandbox: environment.containerId, ifname: environment.ifname };
  const { link: name } = deriveNames(identity);
  const record = readRecord(name);
  if (typeof record === 'string') throw failed([`the record of the attachment is ${record}`]);

  const links = await readLinks([name], config.commandTimeout);
  const link = links.find((candidate) => candidate.name === name);
  const faults = [...hostTapFaults(record.device, link, usersOf(link)), ...fileFaults(record)];
  if (faults.length > 0) throw failed(faults);
  if (record.ipam !== undefined) await delegate(request, 'CHECK', record.ipam.type, input.document);
}

function fileFaults(record: AttachmentRecord): string[] {
  const path = danFile(record.danConf, record.sandbox as SandboxId);
  const document = readDanFile(path);
  if (document === undefined) return [`the DAN file ${path} is gone`];
  const entry = findEntry(document, record.network, record.ifname);
  if (entry === undefined) return [`the DAN file ${path} has no entry of this attachment`];
  return isDeepStrictEqual(entry, record.entry) ? [] : [`the entry of this attachment in ${path} was edited`];
}

function usersOf(link: Link | undefined): TapUsers | undefined {
  const read = (attribute: 'owner' | 'group'): string | undefined =>
    link === undefined ? undefined : linkAttribute(link, attribute);
  const owner = read('owner');
  const group = read('group');
  if (owner === undefined || group === undefined) return undefined;
  const known = (id: string): number | undefined => (id === '-1' ? undefined : Number(id));
  return { owner: known(owner), group: known(group) };
}

function failed(faults: readonly string[]): Error {
  return danError(
    'check-failed',
    `the attachment is not as it was made: ${faults.join('; ')}; restart the pod to mend it`,
  );
}
