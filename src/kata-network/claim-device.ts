import { type AttachmentRecord, claimContested, type Contest, readRecords, type Undo } from '../attach/client.ts';
import { linksOf, nameOf, socketOf } from '../kinds/kinds.ts';
import { danError } from '../model/error.ts';
import { isInterfaceRecord } from './interfaces.ts';

/**
 * Writes the record of an interface: from here on, `del-iface` knows what to remove. Its name on the host, and its socket,
 * are one attachment's alone: they are checked against the others under a lock, for two sandboxes may ask for one at the
 * same moment. Throws `device-unusable`, `socket-path-unusable`.
 */
export async function claimDevice(record: AttachmentRecord, device: string, undo: Undo): Promise<void> {
  await claimContested([nameOnHost(record, device), ...socketsOf(record)], record, undo);
}

function nameOnHost(record: AttachmentRecord, device: string): Contest {
  const refuse = (): void => {
    const other = othersThan(record).find((one) => hasDevice(one, device));
    if (other === undefined) return;
    throw danError(
      'device-unusable',
      `the device ${device} is that of sandbox ${whose(other)}, and a device serves one sandbox: use another name`,
    );
  };
  return { lock: { kind: 'tap', name: device }, refuse };
}

function hasDevice(record: AttachmentRecord, device: string): boolean {
  const asked = isInterfaceRecord(record) ? record.clientData.interface.device : undefined;
  return asked === device || linksOf(record.device).some((link) => link.name === device);
}

function socketsOf(record: AttachmentRecord): readonly Contest[] {
  const path = socketOf(record.device);
  if (path === undefined) return [];
  const refuse = (): void => {
    const other = othersThan(record).find((one) => socketOf(one.device) === path);
    if (other === undefined) return;
    throw danError(
      'socket-path-unusable',
      `the vhost-user socket ${path} is that of sandbox ${whose(other)}, and a socket serves one sandbox: name another path`,
    );
  };
  return [{ lock: { kind: 'socket', name: path }, refuse }];
}

// Read each time: another may have been claimed while this one waited for a lock.
function othersThan({ device }: AttachmentRecord): readonly AttachmentRecord[] {
  return readRecords().filter((other) => nameOf(other.device) !== nameOf(device));
}

function whose({ sandbox, ifname, network }: AttachmentRecord): string {
  return `${sandbox} ("${ifname}" of network "${network}")`;
}
