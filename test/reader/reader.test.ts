import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { type GoReading, readGo } from '../../src/reader/go.ts';
import { readRuntimeRs, type RuntimeRsReading } from '../../src/reader/runtime-rs.ts';

/** A file and what a reader made of it, in the shape of the double's readings. */
interface Recording {
  readonly file: string;
  readonly accepted: boolean;
  readonly error?: string;
  readonly devices?: readonly Readonly<Record<string, unknown>>[];
}

interface RecordedCase {
  readonly case: string;
  readonly 'runtime-rs': Recording;
  readonly go: Recording;
}

const recordings = JSON.parse(readFileSync(new URL('reader-cases.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly RecordedCase[];
};

/** What the double tells beyond the recordings, for those who start a guest from its reading or explain it. */
const unrecorded = [
  ...['device', 'routes', 'neighbors', 'pci_device_id'],
  ...['dropped', 'mac_is_generated', 'queue_num'],
];

const generatedMac = /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/;

// Everything is compared as it is, messages with their positions included. Only a MAC that the reader generated for
// want of one in the file is random: there both the recorded and the double's own are compared with its form.
describe.each(['runtime-rs', 'go'] as const)('the double of the %s reader', (reader) => {
  it.each(recordings.cases.map((recorded) => [recorded.case, recorded[reader]] as const))(
    'reads as recorded: %s',
    (_, { file, ...recorded }) => {
      const reading = reader === 'go' ? readGo(file) : readRuntimeRs(file);
      expect(comparable(reading, file)).toStrictEqual(comparable(recorded, file));
    },
  );

  it('was compared with every recorded case', () => {
    expect(recordings.cases).toHaveLength(71);
    expect(new Set(recordings.cases.map((recorded) => recorded[reader].accepted))).toEqual(new Set([true, false]));
  });
});

function comparable(reading: RuntimeRsReading | GoReading | Omit<Recording, 'file'>, file: string): unknown {
  if (!('devices' in reading)) return reading;
  const hasGeneratedMac = !file.includes('"guest_mac"');
  return { ...reading, devices: reading.devices.map((device) => comparableDevice(device, hasGeneratedMac)) };
}

function comparableDevice(device: object, hasGeneratedMac: boolean): Readonly<Record<string, unknown>> {
  const recorded: Record<string, unknown> = Object.fromEntries(
    Object.entries(device).filter(([key]) => !unrecorded.includes(key)),
  );
  if (hasGeneratedMac && 'guest_mac' in recorded) {
    expect(recorded['guest_mac']).toMatch(generatedMac);
    recorded['guest_mac'] = 'generated';
  }
  return recorded;
}
