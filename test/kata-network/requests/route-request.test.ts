import { describe, expect, it } from 'vitest';

import { readRoute, readSelection } from '../../../src/kata-network/requests/route-request.ts';
import { refusal } from '../refusal.ts';

const text = (dst: unknown): string => {
  const { text: ip, prefix } = dst as { text: string; prefix: number };
  return `${ip}/${prefix}`;
};

describe('a route', () => {
  it.each([
    // Examples from the documents.
    [{ dest: '172.17.10.10/24', gateway: '', device: 'eth1' }, '172.17.10.0/24', undefined],
    [{ dest: 'default', gateway: '172.16.0.1', device: 'eth-test' }, '0.0.0.0/0', '172.16.0.1'],
    [{ dest: '177.17.0.0/24', gateway: '177.17.25.1', device: 'netport_test_1' }, '177.17.0.0/24', '177.17.25.1'],
    [{ dest: '10.0.0.9', gateway: '', device: 'eth1' }, '10.0.0.9/32', undefined],
    [{ dest: '2001:DB8::9', gateway: '', device: 'eth1' }, '2001:db8::9/128', undefined],
    [{ dest: '2001:db8::9/64', gateway: 'fe80::1', device: 'eth1' }, '2001:db8::/64', 'fe80::1'],
    [{ dest: 'default', gateway: 'fe80::1', device: 'eth1' }, '::/0', 'fe80::1'],
    [{ dest: '10.1.2.3/0', gateway: '10.0.0.1', device: 'eth1' }, '0.0.0.0/0', '10.0.0.1'],
    [{ dest: '0.0.0.0/0', gateway: '10.0.0.1', device: 'a23456789012345' }, '0.0.0.0/0', '10.0.0.1'],
  ])('%j leads to %s', (given, network, gateway) => {
    const { given: again, device, route } = readRoute(given);
    expect(again).toEqual(given);
    expect(device).toBe(given.device);
    expect([text(route.dst), route.gw?.text]).toEqual([network, gateway]);
    expect(route.scope).toBe(gateway === undefined ? 253 : undefined);
  });

  it('has no gateway where none is given, and says so in one way', () => {
    for (const gateway of [undefined, null, '']) {
      expect(readRoute({ dest: '10.0.0.0/8', gateway, device: 'eth1' }).given).toEqual({
        dest: '10.0.0.0/8',
        gateway: '',
        device: 'eth1',
      });
    }
  });

  it.each<[object, string]>([
    [{ dest: 'default' }, 'needs a "gateway"'],
    [{ dest: 'default', gateway: '' }, 'needs a "gateway"'],
    [{ dest: '0.0.0.0/0' }, 'needs a "gateway"'],
    [{ dest: '::/0' }, 'needs a "gateway"'],
    [{}, '"dest" is missing'],
    [{ dest: '' }, '"dest" is missing'],
    [{ dest: 7 }, '"dest" 7'],
    [{ dest: 'Default', gateway: '10.0.0.1' }, '"dest" "Default"'],
    [{ dest: '10.0.0.0/33' }, '"dest"'],
    [{ dest: '10.0.0.0/' }, '"dest"'],
    [{ dest: '10.0.0.0/255.0.0.0' }, '"dest"'],
    [{ dest: '10.0.0.0/8/8' }, '"dest"'],
    [{ dest: '/8' }, '"dest"'],
    [{ dest: '::/129' }, '"dest"'],
    [{ dest: '10.0.0.0/8', gateway: '10.0.0.1/8' }, '"gateway"'],
    [{ dest: '10.0.0.0/8', gateway: 'router' }, '"gateway"'],
    [{ dest: '10.0.0.0/8', gateway: '2001:db8::1' }, 'of the other IP version'],
    [{ dest: '10.0.0.0/8', gateway: '224.0.0.1' }, 'multicast'],
    [{ dest: '10.0.0.0/8', device: '' }, '"device" is missing'],
    [{ dest: '10.0.0.0/8', device: 'a234567890123456' }, 'at most 15'],
    [{ dest: '10.0.0.0/8', device: 'lo' }, 'no DAN file can carry'],
    [{ dest: '10.0.0.0/8', gatway: '10.0.0.1' }, 'unknown key "gatway" (did you mean "gateway"?)'],
  ])('%j is refused: %s', (changes, why) => {
    expect(() => readRoute({ device: 'eth1', ...changes })).toThrow(refusal(why));
  });
});

describe('a selection of routes', () => {
  it.each([
    [{ dest: '172.17.10.10/24' }, '172.17.10.0/24', undefined, undefined, 'to 172.17.10.10/24'],
    [{ dest: '10.0.0.9', gateway: '', device: '' }, '10.0.0.9/32', undefined, undefined, 'to 10.0.0.9'],
    [
      { dest: '177.17.0.0/24', gateway: '177.17.25.1', device: 'netport_test_1' },
      '177.17.0.0/24',
      '177.17.25.1',
      'netport_test_1',
      'to 177.17.0.0/24 by 177.17.25.1 on netport_test_1',
    ],
    [{ dest: 'default', gateway: '10.0.0.1' }, '0.0.0.0/0', '10.0.0.1', undefined, 'to default by 10.0.0.1'],
    [{ dest: 'default', gateway: 'fe80::1' }, '::/0', 'fe80::1', undefined, 'to default by fe80::1'],
  ])('%j means %s', (given, network, gateway, device, words) => {
    const { dst, gw, device: on, text: told } = readSelection(given);
    expect([text(dst), gw?.text, on, told]).toEqual([network, gateway, device, words]);
  });

  it('of a default route may be of both IP versions', () => {
    expect(readSelection({ dest: 'default' })).toMatchObject({ dst: 'default', gw: undefined, device: undefined });
  });

  it.each([
    [{ device: 'eth1' }, '"dest" is missing'],
    [{ dest: '10.0.0.0/8', device: 'lo' }, 'no DAN file can carry'],
    [{ dest: 'nowhere' }, '"dest"'],
  ])('%j is refused: %s', (given, why) => {
    expect(() => readSelection(given)).toThrow(refusal(why));
  });
});
