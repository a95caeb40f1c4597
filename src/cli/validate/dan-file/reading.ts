import type { Remark } from '../remark.ts';

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
export function refused(why: string): FileReading {
  return {
    accepted: false,
    devices: [],
    remarks: [{ severity: 'error', where: '', text: `the reader refuses the file, and the sandbox fails: ${why}` }],
  };
}
