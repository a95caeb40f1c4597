import { describe, expect, it } from 'vitest';
import { metricsIn, parametersOf, traitsOf } from '../../../src/host/netlink/marks.ts';
import { bytes, nested, u32 } from '../../../src/host/netlink/message.ts';

/** A message about a link with these flags and attributes (struct ifinfomsg of linux/rtnetlink.h). */
function link(flags: number, ...attributes: readonly Uint8Array[]) {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(flags, 8);
  return { type: 16, flags: 0, sequence: 1, body: Uint8Array.from(Buffer.concat([header, ...attributes])) };
}

/** IFF_MULTICAST: its absence would be reported. */
const multicast = 0x1000;

describe('what sets a link apart', () => {
  it.each([0, 1])('a program at XDP, attached or not: %i', (attached) => {
    const message = link(multicast, nested(43, bytes(2, Uint8Array.of(attached))));
    expect(traitsOf(message)).toEqual(attached === 1 ? ['xdp'] : []);
  });

  it('multicast that is off', () => {
    expect(traitsOf(link(0x1))).toEqual(['no-multicast']);
  });

  // IFLA_AF_SPEC with AF_INET, which contains IFLA_INET_CONF: `forwarding` comes first, then two more up to
  // `proxy_arp`.
  it.each([
    [[1, 0, 0], ['net.ipv4.conf.eth0.forwarding']],
    [[0, 1, 0], []],
    [[0, 0, 1], ['net.ipv4.conf.eth0.proxy_arp']],
  ])('the parameters %j, where those of lo are 0', (values, changed) => {
    const withConf = (...conf: readonly number[]) =>
      link(multicast, nested(26, nested(2, bytes(1, Uint8Array.from(Buffer.from(Uint32Array.from(conf).buffer))))));
    expect(parametersOf('eth0', withConf(...values), withConf(0, 0, 0))).toEqual(changed);
  });
});

describe('what tunes a route', () => {
  const metrics = (...of: readonly Uint8Array[]) => metricsIn(Uint8Array.from(Buffer.concat(of)));

  it('a lock of its MTU, and not its MTU', () => {
    expect(metrics(u32(2, 1400))).toEqual({ mtu: 1400, tuning: [] });
    expect(metrics(u32(1, 1 << 2), u32(2, 1400), u32(8, 1200))).toEqual({ mtu: 1400, tuning: ['mtu lock', 'advmss'] });
  });
});
