import { describe, expect, it } from 'vitest';

import { podRouteFaults, podRoutes } from '../../src/kinds/pod-routes.ts';
import type { KernelRoute } from '../../src/model/pod-view.ts';

const route: KernelRoute = {
  ...{ destination: 'default', family: 4, links: ['eth0'], gateway: '10.88.0.1', protocol: 'boot', type: 'unicast' },
  ...{
    table: 'main',
    scope: 'global',
    metric: 0,
    source: undefined,
    onlink: false,
    mtu: undefined,
    unsupported: undefined,
  },
};

describe('the routes that somebody gave a link of the pod', () => {
  it.each([
    ['a default route', {}, ['0.0.0.0/0 via 10.88.0.1']],
    ['a default route of IPv6', { family: 6, gateway: 'fe80::1' }, ['::/0 via fe80::1']],
    ['a route on the link', { destination: '192.0.2.1', gateway: undefined }, ['192.0.2.1']],
    ['a route of a daemon', { protocol: 'dhcp' }, ['0.0.0.0/0 via 10.88.0.1']],
    ['a route of another link', { links: ['net1'] }, []],
    ['a route of another table', { table: '100' }, []],
    ["the kernel's own", { protocol: 'kernel' }, []],
    ['one that a router advertised', { protocol: 'ra' }, []],
    ['one that expires', { expires: true }, []],
  ] as const)('%s: %j', (_what, changes, texts) => {
    expect(podRoutes('eth0', { routes: [{ ...route, ...changes }] })).toEqual(texts);
  });
});

describe('what of the routes of a link is not as ADD found it', () => {
  const [first, second] = ['0.0.0.0/0 via 10.88.0.1', '0.0.0.0/0 via 192.168.1.1'] as const;
  const came =
    `eth0 in the pod's namespace has the route ${second} since ADD, and the guest has not: ` +
    'have the network\'s plugins or "routes" give it';
  const gone = `eth0 in the pod's namespace no longer has the route ${first}, which it had when the guest got its routes`;

  it.each([
    ['nothing', [first], [first], false, []],
    ['a new one', [], [second], false, [came]],
    ['another one', [first], [second], false, [came, gone]],
    ['one that the device took', [first], [], true, []],
    ['a new one, where the device took the others', [first], [second], true, [came]],
  ])('%s', (_what, before, now, taken, faults) => {
    expect(podRouteFaults('eth0', { before, now, taken })).toEqual(faults);
  });
});
