import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { readGo } from '../../src/reader/go.ts';
import { readRuntimeRs } from '../../src/reader/runtime-rs.ts';
import type { TakenDevice } from '../../src/reader/verdict.ts';
import { recordedAnswers } from './recorded-answers.ts';

/** A file and what Kata's own code made of it. */
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

/**
 * Compares whether a file is refused, and otherwise everything that the guest gets. It does not compare the texts of
 * errors, which are Kata's; ours say the same in other words. A MAC that the reader makes up is null.
 */
describe.each(['runtime-rs', 'go'] as const)('%s', (reader) => {
  it.each(recordings.cases.map((recorded) => [recorded.case, recorded[reader]] as const))(
    `${reader} gives the recorded verdict on the file "%s"`,
    (_, { file, ...recorded }) => {
      expect(reader === 'go' ? verdictOfGo(file) : verdictOfRust(file)).toStrictEqual(expected(recorded, file));
    },
  );

  it(`${reader} was compared with each of the 71 recorded files`, () => {
    expect(recordings.cases).toHaveLength(71);
    expect(new Set(recordings.cases.map((recorded) => recorded[reader].accepted))).toEqual(new Set([true, false]));
  });

  it(`${reader} gives a reason and a place for each refusal`, () => {
    const refusals = recordings.cases.flatMap((recorded) => {
      const reading = reader === 'go' ? readGo(recorded[reader].file) : readRuntimeRs(recorded[reader].file);
      if (reading.accepted) return [];
      return reading.refusals.map(({ where, why }) => `${recorded.case}: ${where}: ${why}`);
    });
    expect(refusals.join('\n')).toMatchSnapshot();
  });
});

function verdictOfRust(file: string): unknown {
  const reading = readRuntimeRs(file);
  if (!reading.accepted) return { accepted: false };
  return { accepted: true, netns: reading.netns, devices: reading.devices.map(rustDevice) };
}

function rustDevice(device: TakenDevice): unknown {
  const { guest_name, guest_mac, vmm_mac_ok, queue_pairs, queue_size, addresses, mtu, flags, dropped } = device;
  const count = (what: string): number => dropped.filter((one) => one.what === what).length;
  return {
    ...{ guest_name, guest_mac, vmm_mac_ok, queue_pairs, queue_size, addresses, mtu, flags },
    silently_dropped: {
      ip_addresses: count('address'),
      neighbors_not_permanent: count('neighbor'),
      routes: count('route'),
    },
    guest_agent: withoutTexts({ addresses: device.addresses.map((ok) => ({ ok })), ...recordedAnswers(device) }),
  };
}

function verdictOfGo(file: string): unknown {
  const reading = readGo(file);
  return reading.accepted ? { accepted: true, devices: reading.devices.map(goDevice) } : { accepted: false };
}

function goDevice({ guest_name: name, guest_mac: hwaddr, mtu, addresses, ...device }: TakenDevice): unknown {
  return {
    ...{ name, hwaddr, mtu },
    update_interface_addrs: addresses.map((text) => {
      const [address = '', mask] = text.split('/');
      return { address, mask, v6: address.includes(':') };
    }),
    update_routes: device.routes.map(({ dest, gateway, source, family, flags, mtu: most, scope }) => ({
      ...{ family: family === 4 ? 2 : 10, flags, mtu: most, scope },
      ...(dest === '' ? {} : { dest }),
      ...(gateway === '' ? {} : { gateway }),
      ...(source === '' ? {} : { source }),
    })),
    add_arp_neighbors: device.neighbors.map(({ ip, flags, lladdr, state }) => ({
      ...{ ip: ip ?? '<nil>', flags, lladdr, state },
    })),
    dropped_neighbors: device.dropped.filter(({ what }) => what === 'neighbor').length,
  };
}

function expected({ accepted, error: _, devices = [], ...rest }: Omit<Recording, 'file'>, file: string): unknown {
  if (!accepted) return { accepted };
  const hasMac = file.includes('"guest_mac"');
  const comparable = devices.map(({ guest_agent, ...device }) => ({
    ...device,
    ...(!hasMac && 'guest_mac' in device ? { guest_mac: null } : {}),
    ...(guest_agent === undefined ? {} : { guest_agent: withoutTexts(guest_agent as object) }),
  }));
  return { accepted, ...rest, devices: comparable };
}

/** The answers of the guest agent, with all errors made equal. */
function withoutTexts(answers: object): unknown {
  const lists = Object.entries(answers) as [string, readonly object[]][];
  return Object.fromEntries(
    lists.map(([what, list]) => [what, list.map((answer) => ('error' in answer ? { error: 'any' } : answer))]),
  );
}
