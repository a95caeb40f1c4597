import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, type Fields, mostElements } from '../../src/agent/message.ts';
import { interfaces, request, requests, response, routes } from '../../src/agent/messages.ts';
import { wire } from './wire.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const whole = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const address = fc.record({ family: whole(1), address: text, mask: text });
const card = fc.record({
  device: text,
  name: text,
  IPAddresses: fc.array(address, { maxLength: 4 }),
  mtu: fc.oneof(whole(9600), fc.constant(Number.MAX_SAFE_INTEGER)),
  hwAddr: text,
  devicePath: text,
  raw_flags: whole(0xffffffff),
});
const route = fc.record({
  ...{ dest: text, gateway: text, device: text, source: text },
  ...{ scope: whole(255), family: whole(1), flags: whole(0xffffffff), mtu: whole(9600) },
});
const signed = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const neighbor = fc.record({ toIPAddress: address, device: text, lladdr: text, state: signed, flags: signed });

describe('the messages on the wire', () => {
  it.each([
    ['UpdateInterface', fc.record({ interface: card })],
    ['UpdateRoutes', fc.record({ routes: fc.record({ Routes: fc.array(route, { maxLength: 5 }) }) })],
    ['AddARPNeighbors', fc.record({ neighbors: fc.record({ ARPNeighbors: fc.array(neighbor, { maxLength: 5 }) }) })],
  ] as const)('%s is read by another library as it was meant', (method, messages) => {
    fc.assert(
      fc.property(messages as fc.Arbitrary<object>, (message) => {
        const bytes = encodeMessage<Fields>(requests[method], message);
        expect(wire.readRequest(method, bytes)).toMatchObject(message);
        expect(decodeMessage<Fields>(requests[method], wire.writeRequest(method, message))).toEqual(message);
      }),
    );
  });

  it.each([
    ['ListInterfaces', interfaces, fc.record({ Interfaces: fc.array(card, { maxLength: 5 }) })],
    ['ListRoutes', routes, fc.record({ Routes: fc.array(route, { maxLength: 5 }) })],
  ] as const)('the answer of %s is read as another library writes it', (method, fields, messages) => {
    fc.assert(
      fc.property(messages as fc.Arbitrary<object>, (message) => {
        expect(decodeMessage<Fields>(fields, wire.writeAnswer(method, message))).toEqual(message);
      }),
    );
  });

  it('the envelope is read by another library as it was meant', () => {
    const message = { service: 's', method: 'm', payload: Uint8Array.of(1, 2), timeout_nano: 20_000_000_000 };
    expect(wire.readCall(encodeMessage(request, message))).toMatchObject({
      ...message,
      payload: Buffer.from(message.payload),
    });
  });

  it('a message that is empty is written, and one that is left out is not', () => {
    expect([...encodeMessage(requests.UpdateRoutes, { routes: {} })]).toEqual([0x0a, 0]);
    expect(encodeMessage(requests.UpdateRoutes, {})).toHaveLength(0);
  });

  it('what has its default is not written', () => {
    const nothing = { name: '', mtu: 0, raw_flags: 0, IPAddresses: [] };
    expect([...encodeMessage(requests.UpdateInterface, { interface: nothing })]).toEqual([0x0a, 0]);
  });

  it('a field that is written in another way than it should be is passed over', () => {
    // The name as a number, the MTU as a text.
    const bytes = Uint8Array.of(0x0a, 7, 0x10, 5, 0x22, 1, 65, 0x3a, 0);
    expect(decodeMessage(interfaces, bytes).Interfaces).toMatchObject([{ name: '', mtu: 0 }]);
  });

  it('an answer without a status has none, and one with a status has it', () => {
    expect(decodeMessage(response, wire.writeResponse({ payload: Buffer.from('x') })).status).toBeUndefined();
    const refused = decodeMessage(response, wire.writeResponse({ status: { code: 7, message: 'no' } }));
    expect(refused).toEqual({ status: { code: 7, message: 'no' }, payload: new Uint8Array() });
  });
});

describe('an answer that is none', () => {
  const list = wire.writeAnswer('ListInterfaces', {
    Interfaces: [{ name: 'eth0', mtu: 1500, IPAddresses: [{ address: '10.0.0.2', mask: '24' }] }],
  });

  it('cut short is refused at every length but where a field ends', () => {
    for (let length = 1; length < list.length; length++) {
      expect(() => decodeMessage(interfaces, list.subarray(0, length)), `${length} bytes`).toThrow();
    }
  });

  it('a message that is longer than the one around it is refused', () => {
    // An interface of 4 bytes, in which an address claims to have 8, followed by the bytes that it would take.
    const bytes = Uint8Array.of(0x0a, 4, 0x1a, 8, 0x12, 0, 0x12, 4, 0, 0, 0, 0);
    expect(() => decodeMessage(interfaces, bytes)).toThrow('longer than the one that it is in');
  });

  it('a text that is longer than the message around it is refused', () => {
    const bytes = Uint8Array.of(0x0a, 4, 0x12, 6, 65, 65, 65, 65, 65, 65);
    expect(() => decodeMessage(interfaces, bytes)).toThrow('longer than the message that it is in');
  });

  it('a text that is no UTF-8 is refused, short or long', () => {
    for (const length of [2, 60]) {
      const text = new Uint8Array(length).fill(0xff);
      expect(() => decodeMessage(interfaces, Uint8Array.of(0x0a, length + 2, 0x12, length, ...text))).toThrow('UTF-8');
    }
  });

  it('lists of more elements than memory is for are refused', () => {
    const bytes = new Uint8Array(2 * (mostElements + 1));
    for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0x0a;
    expect(() => decodeMessage(interfaces, bytes)).toThrow(`more than ${mostElements} elements`);
    expect(decodeMessage(interfaces, bytes.subarray(2)).Interfaces).toHaveLength(mostElements);
  });

  it('any bytes are read or refused, and never anything else', () => {
    const mutated = fc
      .array(fc.tuple(whole(list.length - 1), whole(255)), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = Uint8Array.from(list);
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
        try {
          const { Interfaces } = decodeMessage(interfaces, bytes);
          for (const { name, mtu, IPAddresses } of Interfaces) {
            expect([typeof name, typeof mtu, Array.isArray(IPAddresses)]).toEqual(['string', 'number', true]);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(TypeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
