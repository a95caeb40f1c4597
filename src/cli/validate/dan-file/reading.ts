import type { TakenDevice } from '../../../reader/taken-device.ts';
import type { Reason } from '../../../reader/verdict.ts';
import { type Remark, remarksAt } from '../remark.ts';

/** A device of a DAN file as its reader takes it. */
export interface ReadDevice {
  /** The interface's name in the guest. */
  readonly name: string;
  /** null: the reader makes one up each time. */
  readonly mac: string | null;
  /** What is plugged in, like `host-tap dan3f9c1e7a02b`. */
  readonly device: string;
  /** null: the reader takes it from elsewhere. */
  readonly queuePairs: number | null;
  readonly queueSize: number | null;
  /** Bytes. */
  readonly mtu: number;
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  readonly neighbors: readonly string[];
}

/** What a reader makes of a DAN file: no device where it refuses the file. */
export interface FileReading {
  readonly accepted: boolean;
  readonly devices: readonly ReadDevice[];
  readonly remarks: readonly Remark[];
}

/** A file that its reader refuses as a whole. */
export function refused(reasons: readonly Reason[]): FileReading {
  const remarks = reasons.map(({ where, why }) =>
    remarksAt(where)('error', `the reader refuses the file, and the sandbox fails: ${why}`),
  );
  return { accepted: false, devices: [], remarks };
}

/** What of a device the guest does not get, or gets otherwise. */
export function lossRemarks({ altered, dropped }: Pick<TakenDevice, 'altered' | 'dropped'>): readonly Remark[] {
  return [
    ...dropped.map(({ where, name, why }) => remarksAt(where)('warning', `${name} is dropped: ${why}`)),
    ...altered.map(({ where, why }) => remarksAt(where)('warning', why)),
  ];
}
