import { describe, expect, it } from 'vitest';
import {
  deleteAddress,
  isTentative,
  makeAddress,
  makeNeighbor,
  toAddressAnswer,
  toNeighbor,
} from '../../../src/host/netlink/addresses.ts';
import { marks, pack, unpack } from '../../../src/host/netlink/link-state.ts';
import { decode, encode, type Message, u32 } from '../../../src/host/netlink/message.ts';
import { deleteRoute, inOrder, makeRoute, placeOfRoute, toRoute } from '../../../src/host/netlink/routes.ts';
import operations from './fixtures/operations.json' with { type: 'json' };
import reads from './fixtures/reads.json' with { type: 'json' };

const heard = (what: string, type: number): readonly Message[] =>
  reads.cases
    .filter((one) => one.what === what)
    .flatMap((one) => one.heard.flatMap((hex) => decode(Buffer.from(hex, 'hex'))))
    .filter((message) => message.type === type);

const addresses = heard('links of the pod with addresses', 20);
const routes = heard('routes of the pod', 24);
const named = (index: number): string => `link${index}`;

describe('addresses that are written down', () => {
  it('are read back, whoever wrote them', () => {
    expect(unpack(pack(marks.addresses, addresses)).map(toAddressAnswer)).toEqual(addresses.map(toAddressAnswer));
    expect(unpack('')).toEqual([]);
    // `ip` writes the messages unchanged, after the same mark.
    const saved = reads.cases.find(({ what }) => what === 'links of the pod with addresses')?.heard ?? [];
    const asIp = Buffer.concat([
      Buffer.from('22123647', 'hex'),
      ...saved.map((hex) => padded(Buffer.from(hex, 'hex'))),
    ]);
    expect(
      unpack(asIp.toString('base64'))
        .filter(({ type }) => type === 20)
        .map(toAddressAnswer),
    ).toEqual(addresses.map(toAddressAnswer));
  });

  it('are made and deleted as they were told', () => {
    const [address] = addresses;
    expect(makeAddress(address!)).toMatchObject({ type: 20, flags: 0x404, body: address!.body });
    expect(deleteAddress(address!)).toMatchObject({ type: 21, flags: 0x4, body: address!.body });
  });

  it('are deleted as `ip addr flush` deletes them', () => {
    const flush = operations.cases.find(({ operation }) => operation.op === 'addresses-flush');
    const sent = flush?.sent.map((hex) => decode(Buffer.from(hex, 'hex'))[0]!) ?? [];
    expect(sent.length).toBe(8);
    for (const { type, body } of sent)
      expect(deleteAddress({ type: 20, flags: 0, sequence: 0, body })).toMatchObject({ type, body });
  });

  it('are tentative while nobody knows whether another has them', () => {
    const [address] = addresses.filter(({ body }) => body[0] === 10);
    expect(isTentative(address!)).toBe(false);
    const body = Buffer.concat([address!.body.subarray(0, 8), u32(8, 0xc0)]);
    expect(isTentative({ ...address!, body })).toBe(true);
  });
});

describe('routes that are written down', () => {
  it('are made directly reached ones first', () => {
    const order = inOrder(routes).map((route) => toRoute(route, named));
    const firstWithGateway = order.findIndex((route) => route?.gateway !== undefined);
    expect(firstWithGateway).toBeGreaterThan(0);
    expect(
      order.slice(firstWithGateway).filter((route) => route?.gateway === undefined && route?.unsupported === undefined),
    ).toEqual([]);
    expect(order.length).toBe(routes.length);
  });

  it('have a place: a link and a table', () => {
    const inTable = routes.map(placeOfRoute).filter(({ table }) => table === 100);
    expect(inTable.length).toBe(3);
    expect(new Set(inTable.map(({ link, name }) => `${link ?? 0} ${name}`))).toEqual(new Set(['2 100']));
  });

  it('are made without what their flags said of the link, but on it where they were', () => {
    const onlink = routes.find((route) => toRoute(route, named)?.onlink === true);
    const down = new Uint8Array(onlink!.body);
    down[8] = 0x4 | 0x11;
    expect(makeRoute({ ...onlink!, body: down }).body).toEqual(new Uint8Array(onlink!.body));
    expect(makeRoute(onlink!)).toMatchObject({ type: 24, flags: 0x404 });
    expect(deleteRoute(onlink!)).toMatchObject({ type: 25, flags: 0x4 });
  });
});

describe('a neighbor', () => {
  it.each([
    ['10.1.0.1', '0a010001'],
    ['fd00:1::1', 'fd000001000000000000000000000001'],
  ])('%s is made permanent, and read as such', (address, hex) => {
    const request = makeNeighbor(2, Buffer.from(hex, 'hex'), '02:00:5e:10:00:01');
    const [message] = decode(encode(request, 1));
    expect(toNeighbor(message!, named)).toEqual({ address, link: 'link2', mac: '02:00:5e:10:00:01' });
  });
});

function padded(message: Buffer): Buffer {
  return Buffer.concat([message, Buffer.alloc((4 - (message.length % 4)) % 4)]);
}
