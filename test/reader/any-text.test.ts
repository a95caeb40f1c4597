import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isObject } from '../../src/json/object.ts';
import { readGo } from '../../src/reader/go.ts';
import { readPublished } from '../../src/reader/published.ts';
import { readRuntimeRs } from '../../src/reader/runtime-rs.ts';
import { fileWith, mac, tap, vfio } from './file-with.ts';
import { reasonsText } from './reasons.ts';

describe('any text', () => {
  it('runtime-rs refuses an unpaired surrogate, which Go replaces', () => {
    const text = fileWith(vfio).replace('eth0', '\\ud800');
    const verdict = readRuntimeRs(text);
    expect(verdict.accepted ? '' : reasonsText(verdict.refusals)).toContain('surrogate');
    expect(readGo(text)).toMatchObject({ devices: [{ guest_name: '\ufffd' }] });
  });

  it('runtime-rs refuses each of more texts than a function takes as arguments', () => {
    const texts = '"\\ud800",'.repeat(200_000);
    const verdict = readRuntimeRs(fileWith(tap).replace('"type"', `"x":[${texts}0],"type"`));
    expect(verdict.accepted ? [] : verdict.refusals).toHaveLength(200_000);
  });

  it.each([
    ['runtime-rs', readRuntimeRs],
    ['Go', readGo],
    ['an unknown reader', readPublished],
  ])('%s reads the keys of an object in any order', (_, read) => {
    const routes = [
      { dest: '10.1.0.0/16', gateway: '10.0.0.1', source: '', scope: 0, flags: 4, mtu: 1400 },
      { dest: '0.0.0.0/0', gateway: '10.0.0.1' },
    ];
    const neighbors = [{ ip_address: '10.0.0.9/32', hardware_addr: mac, state: 128, flags: 0 }];
    const orders = fc.infiniteStream(fc.nat());
    for (const device of [{ ...tap, queue_num: 2, queue_size: 256 }, vfio, { ...tap, type: 'none' }]) {
      const text = fileWith(device, { routes, neighbors, unknown: {} });
      const sound = read(text);
      fc.assert(
        fc.property(orders, (order) => {
          expect(read(JSON.stringify(shuffled(JSON.parse(text), order)))).toEqual(sound);
        }),
      );
    }
  });

  it('no text with a device is accepted by both readers, and none makes a reader throw', () => {
    const sound = fileWith(tap, { routes: [{ dest: '10.1.0.0/16' }] });
    const damaged = fc
      .tuple(fc.nat(sound.length), fc.nat(9), fc.string({ maxLength: 3 }))
      .map(([at, length, text]) => sound.slice(0, at) + text + sound.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), damaged), (text) => {
        const [rust, go] = [readRuntimeRs(text), readGo(text)];
        expect(rust.accepted && rust.devices.length > 0 && go.accepted && go.devices.length > 0).toBe(false);
      }),
    );
  });
});

/** A JSON value with the keys of each object in another order. */
function shuffled(value: unknown, order: Iterator<number>): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item, order));
  if (!isObject(value)) return value;
  const keyed = Object.entries(value).map(([key, of]) => ({ key, of, turn: Number(order.next().value) }));
  keyed.sort((one, other) => one.turn - other.turn);
  return Object.fromEntries(keyed.map(({ key, of }) => [key, shuffled(of, order)]));
}
