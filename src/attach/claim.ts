import type { Device } from '../device/kinds.ts';
import { withLock } from '../host/lock.ts';
import { danError } from '../model/error.ts';
import { lockDirectory } from './directories.ts';
import { type AttachmentRecord, readRecords, removeRecord, writeRecord } from './record.ts';
import type { Task } from './task.ts';
import type { Undo } from './undo.ts';

/**
 * Writes the record: from here on, a DEL knows what to remove. A fixed MAC is checked against the other attachments of
 * the bridge under a lock of the bridge: replicas with one MAC start at the same moment. Throws `mac-in-use`.
 */
export async function claim({ config }: Task, record: AttachmentRecord, undo: Undo): Promise<void> {
  const { name } = record.device.tap;
  const bridge = bridgeOf(record.device);
  const write = (): void => {
    undo.addIfClean(`remove the record of ${name}`, () => {
      removeRecord(name);
    });
    writeRecord(record);
  };
  if (!config.macIsFixed || bridge === undefined) {
    write();
    return;
  }
  await withLock(lockDirectory, { kind: 'bridge', name: bridge }, () => {
    refuseMacInUse(record, bridge);
    write();
  });
}

function bridgeOf(device: Device): string | undefined {
  return device.kind === 'host-tap' ? device.bridge : undefined;
}

function refuseMacInUse({ guestMac, device }: AttachmentRecord, bridge: string): void {
  const other = readRecords().find(
    (record) =>
      record.guestMac === guestMac && bridgeOf(record.device) === bridge && record.device.tap.name !== device.tap.name,
  );
  if (other === undefined) return;
  throw danError(
    'mac-in-use',
    `the MAC ${guestMac} is fixed, and sandbox ${other.sandbox} ("${other.ifname}" of network "${other.network}") has it on ` +
      `bridge ${bridge} already: leave "mac" out, and every attachment gets one of its own`,
  );
}
