import { describe, expect, it } from 'vitest';

import { parseNetwork } from '../../src/model/cidr.ts';
import { parseIp } from '../../src/model/ip.ts';
import { routeFault, type RouteRequest } from '../../src/model/route.ts';

function route(dst: string, gw?: string, scope?: 0 | 253, source?: string): RouteRequest {
  const network = parseNetwork(dst);
  if (!network.ok) throw new Error(network.why);
  const ip = (text: string) => {
    const parsed = parseIp(text);
    if (!parsed.ok) throw new Error(parsed.why);
    return parsed.value;
  };
  return {
    dst: network.value,
    ...(gw === undefined ? {} : { gw: ip(gw) }),
    ...(scope === undefined ? {} : { scope }),
    ...(source === undefined ? {} : { source: ip(source) }),
  };
}

describe('routeFault', () => {
  it.each([
    [route('0.0.0.0/0', '10.0.0.1'), undefined],
    [route('0.0.0.0/0', '10.0.0.1', 0, '10.0.0.5'), 0],
    [route('198.51.100.1/32', undefined, 253), undefined],
    [route('::/0', 'fd00::1'), 1024],
    [route('::/0', 'fe80::1', 0, 'fd00::5'), 0],
    [route('::/0'), undefined],
  ])('accepts %j with priority %s', (request, priority) => {
    expect(routeFault(request, priority)).toBeUndefined();
  });

  it.each([
    [route('0.0.0.0/0', 'fd00::1'), 0, 'has the gateway fd00::1, which is of the other IP version'],
    [route('::/0', '10.0.0.1'), 0, 'has the gateway 10.0.0.1, which is of the other IP version'],
    [route('0.0.0.0/0', '10.0.0.1', 0, 'fd00::5'), 0, 'has the source fd00::5, which is of the other IP version'],
    [
      route('10.1.0.0/16', '10.0.0.1', 253),
      0,
      'has a gateway and scope 253, which is for a destination without a gateway',
    ],
    [route('0.0.0.0/0', '10.0.0.1'), 100, 'has priority 100, and no DAN file can carry a metric'],
    [route('0.0.0.0/0', '10.0.0.1'), 1024, 'has priority 1024, and no DAN file can carry a metric'],
    [route('::/0', 'fd00::1'), 1, 'has priority 1, and no DAN file can carry a metric'],
    [route('0.0.0.0/0', '10.0.0.1'), -1, 'has priority -1, and no DAN file can carry a metric'],
  ])('refuses %j with priority %i: %s', (request, priority, why) => {
    const { text, prefix } = request.dst;
    expect(routeFault(request, priority)).toContain(`the route to ${text}/${prefix} ${why}`);
  });

  // The guest's kernel answers EINVAL to a gateway that is not unicast, and takes 0.0.0.0 as none.
  it.each([
    ['0.0.0.0/0', '0.0.0.0'],
    ['0.0.0.0/0', '255.255.255.255'],
    ['0.0.0.0/0', '224.0.0.1'],
    ['0.0.0.0/0', '127.0.0.1'],
    ['::/0', '::'],
    ['::/0', '::1'],
    ['::/0', 'ff02::1'],
  ])('to %s by %s is refused: no host is there', (dst, gw) => {
    expect(routeFault(route(dst, gw)) ?? 'nothing').toContain(`has the gateway ${gw}`);
  });
});
