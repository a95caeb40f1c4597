import { expect, it } from 'vitest';
import { linkHeader } from '../../../src/host/netlink/links.ts';
import { type Message, nested } from '../../../src/host/netlink/message.ts';
import { bridgeFamily, ifla, rtm } from '../../../src/host/netlink/numbers.ts';
import { addVlans, toVlans } from '../../../src/host/netlink/vlans.ts';

// The kernel reports a port's VLANs in the attributes with which they are set.
function port(
  index: number,
  ...vlans: readonly (readonly [first: number, last: number, untagged: boolean])[]
): Message {
  const infos = vlans.map(([first, last, untagged]) =>
    addVlans(index, { first, last }, untagged).body.subarray(16 + 4),
  );
  const body = Buffer.concat([linkHeader(index, bridgeFamily), nested(ifla.ofFamily, ...infos)]);
  return { type: rtm.link.make, flags: 2, sequence: 1, body };
}

it('VLANs of a port are read, ranges as one', () => {
  expect(toVlans(port(4, [20, 20, true], [30, 39, false], [99, 99, false]), 4)).toEqual([
    { first: 20, last: 20, untagged: true },
    { first: 30, last: 39, untagged: false },
    { first: 99, last: 99, untagged: false },
  ]);
});

it('VLANs of another port, and of a bridge without any, are none', () => {
  expect(toVlans(port(4, [20, 20, true]), 5)).toEqual([]);
  expect(toVlans({ ...port(4), body: linkHeader(4, bridgeFamily) }, 4)).toEqual([]);
});
