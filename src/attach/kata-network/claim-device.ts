import { linksOf, nameOf, socketOf } from '../../kinds/kinds.ts';
import { withLock } from '../../host/lock.ts';
import { danError } from '../../model/error.ts';
import type { Undo } from '../add/undo.ts';
import { lockDirectory } from '../directories.ts';
import { type AttachmentRecord, readRecords, removeRecord, writeRecord } from '../record.ts';

/**
 * Writes the record of an interface: from here on, `del-iface` knows what to remove. Its name on the host, and its socket,
 * are one attachment's alone: they are checked against the others under a lock, for two sandboxes may ask for one at the
 * same moment. Throws `device-unusable`, `socket-path-unusable`.
 */
export async function claimDevice(record: AttachmentRecord, device: string, undo: Undo): Promise<void> {
  const name = nameOf(record.device);
  const path = socketOf(record.device);
  const write = (): void => {
    undo.addIfClean(`remove the record of ${name}`, () => {
      removeRecord(name, record.sandbox);
    });
    writeRecord(record);
  };
  await withLock(lockDirectory, { kind: 'tap', name: device }, async () => {
    const others = readRecords().filter((other) => nameOf(other.device) !== name);
    refuseNameOfAnother(device, others);
    if (path === undefined) {
      write();
      return;
    }
    await withLock(lockDirectory, { kind: 'socket', name: path }, () => {
      refuseSocketOfAnother(path, name);
      write();
    });
  });
}

function refuseNameOfAnother(device: string, others: readonly AttachmentRecord[]): void {
  const other = others.find(
    (record) =>
      record.given?.interface.device === device || linksOf(record.device).some((link) => link.name === device),
  );
  if (other === undefined) return;
  throw danError(
    'device-unusable',
    `the device ${device} is that of sandbox ${whose(other)}, and a device serves one sandbox: use another name`,
  );
}

// Read again: whoever had it may have taken it since.
function refuseSocketOfAnother(path: string, name: string): void {
  const other = readRecords().find(({ device }) => nameOf(device) !== name && socketOf(device) === path);
  if (other === undefined) return;
  throw danError(
    'socket-path-unusable',
    `the vhost-user socket ${path} is that of sandbox ${whose(other)}, and a socket serves one sandbox: name another path`,
  );
}

function whose({ sandbox, ifname, network }: AttachmentRecord): string {
  return `${sandbox} ("${ifname}" of network "${network}")`;
}
