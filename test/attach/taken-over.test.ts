import { describe, expect, it } from 'vitest';

import type { Allocation } from '../../src/attach/add/addressing.ts';
import { allocateKnown } from '../../src/attach/add/allocate.ts';
import { planDevice } from '../../src/kinds/kinds.ts';
import { cidrText } from '../../src/model/cidr.ts';
import type { PodView } from '../../src/model/pod-view.ts';
import { podOf } from '../kinds/node.ts';
import { connected, global, kernelRoute } from '../kinds/kernel-routes.ts';
import { eth0, viewWith } from '../kinds/redirections.ts';
import { taskOf } from './add/task.ts';

const link = { ...eth0, addresses: ['10.88.0.5/16', 'fd00:88::5/64'].map(global) };
const pod = podOf({
  links: [link],
  routes: [
    connected('10.88.0.0/16'),
    connected('fd00:88::/64'),
    kernelRoute('default', { gateway: '10.88.0.1' }),
    kernelRoute('default', { family: 6, gateway: 'fe80::1' }),
  ],
  neighbors: [{ address: '10.88.0.1', link: 'eth0', mac: '02:00:00:00:00:01' }],
});

function plan(changes: object = {}, view: Partial<PodView> = {}): Allocation {
  const task = taskOf({ device: 'tcfilter', master: 'eth0', ...changes });
  const node = viewWith({}, { pod: { ...pod, ...view } });
  return allocateKnown({ ...task, plan: planDevice(task.config.device, node), view: node, document: undefined });
}

function short({ addresses, routes, neighbors }: Allocation): object {
  return {
    addresses: addresses.map(({ address }) => cidrText(address)),
    routes: routes.map(({ dst, gw, onlink }) => `${cidrText(dst)} ${gw?.text ?? 'link'}${onlink ? ' onlink' : ''}`),
    neighbors: neighbors.map(({ ip }) => ip.text),
  };
}

const addresses = ['10.88.0.5/16', 'fd00:88::5/64'];

describe('the allocation for a link of the pod that the guest takes over', () => {
  it.each(['tcfilter', 'macvtap'])(
    "%s: has the kernel's addresses, routes and neighbors, and no gateway is marked on-link",
    (device) => {
      expect(short(plan({ device }))).toEqual({
        addresses,
        routes: ['0.0.0.0/0 10.88.0.1', '::/0 fe80::1'],
        neighbors: ['10.88.0.1'],
      });
    },
  );

  it('marks a gateway on-link if the plugin ptp removed the route to its subnet', () => {
    const host = kernelRoute('10.88.0.1', { scope: 'link' });
    const routes = [host, kernelRoute('default', { gateway: '10.88.0.1' })];
    expect(short(plan({}, { routes }))).toMatchObject({
      addresses: ['10.88.0.5/32', 'fd00:88::5/128'],
      routes: ['10.88.0.1/32 link', '0.0.0.0/0 10.88.0.1 onlink'],
    });
  });

  it("has the configuration's routes and neighbors after the kernel's", () => {
    const routes = [{ dst: '10.9.0.0/16', gw: '10.88.0.9' }];
    const neighbors = [{ address: '10.88.0.9', mac: '02:00:00:00:00:09' }];
    expect(short(plan({ routes, neighbors }))).toEqual({
      addresses,
      routes: ['0.0.0.0/0 10.88.0.1', '::/0 fe80::1', '10.9.0.0/16 10.88.0.9'],
      neighbors: ['10.88.0.1', '10.88.0.9'],
    });
  });

  it('has no default route with "defaultRoute": false', () => {
    expect(short(plan({ defaultRoute: false }))).toMatchObject({ routes: [] });
  });

  it.each([
    [{ routes: [{ dst: '0.0.0.0/0', gw: '10.88.0.9' }] }, 'second-default-route'],
    [{ routes: [{ dst: '10.9.0.0/16' }] }, 'route-without-gateway'],
    [{ neighbors: [{ address: '10.88.0.1', mac: '02:00:00:00:00:09' }] }, 'invalid-configuration'],
  ])('refuses the configuration %j: %s', (changes, name) => {
    expect(() => plan(changes)).toThrow(expect.objectContaining({ name }));
  });

  it('refuses a route whose source is no address of the guest, except with "runtime": "generic"', () => {
    const by = (source: string) => ({ routes: [kernelRoute('default', { gateway: '10.88.0.1', source })] });
    expect(plan({}, by('10.88.0.5')).routes[0]?.source?.text).toBe('10.88.0.5');
    expect(() => plan({}, by('10.99.0.5'))).toThrow(expect.objectContaining({ name: 'not-carried-by-profile' }));
    expect(plan({ runtime: 'generic' }, by('10.99.0.5')).routes[0]?.source?.text).toBe('10.99.0.5');
  });

  it('refuses an IPv6 address on a link with an MTU below 1280', () => {
    const [four, six] = [['10.88.0.5/16'], ['fd00:88::5/64']].map((cidrs) => cidrs.map(global));
    const at = (mtu: number, of = four) => plan({}, { links: [{ ...link, mtu, addresses: of! }], routes: [] });
    expect(at(1279).addresses).toHaveLength(1);
    expect(() => at(1279, six)).toThrow(expect.objectContaining({ name: 'mtu-too-small-for-ipv6' }));
    expect(at(1280, six).addresses).toHaveLength(1);
  });

  it('has the DNS settings of the configuration, else those of the previous plugin', () => {
    const prevResult = { dns: { nameservers: ['192.0.2.53'] } };
    const dns = { nameservers: ['10.88.0.1'] };
    expect(plan({ prevResult }).dns).toEqual(prevResult.dns);
    expect(plan({ prevResult, dns }).dns).toEqual(dns);
    expect(plan().dns).toEqual({});
  });
});
