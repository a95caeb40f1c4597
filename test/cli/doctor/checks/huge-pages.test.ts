import { expect, test } from 'vitest';
import { lookAtHugePages } from '../../../../src/cli/doctor/facts/kernel.ts';
import { MadeUpNode } from '../made-up-node.ts';
import { facts, find, network, networks, unasked } from '../made-up-facts.ts';

const fast = network('fast', networks.vhostUser);

test.each([
  [{ total: 0, free: 0 }, 'no huge pages are reserved', 'vm.nr_hugepages'],
  [{ total: 512, free: 0 }, 'none of the 512 huge pages is free', 'vm.nr_hugepages'],
  [{ mounts: [] }, 'hugetlbfs is mounted nowhere', 'mount -t hugetlbfs'],
])('huge pages %o: %s', (change, seen, cure) => {
  const hugePages = { ...facts().kernel.hugePages!, ...change };
  const found = find('kernel-huge-pages', facts({ networks: [fast], kernel: { hugePages } }));
  expect(found).toMatchObject([
    { severity: 'warning', seen: expect.stringContaining(seen), cure: expect.stringContaining(cure) },
  ]);
});

test('they are asked for with vhost-user alone', () => {
  const hugePages = { total: 0, free: 0, kilobytes: 2048, mounts: [] };
  const tap = facts({ networks: [network('pods', networks.hostTap)], kernel: { hugePages } });
  expect(unasked('kernel-huge-pages', tap)).toContain('no network has vhost-user');
});

test('they are read from the node’s own /proc', () => {
  using node = new MadeUpNode().write({
    '/proc/meminfo':
      'MemTotal: 1 kB\nHugePages_Total:      64\nHugePages_Free:       16\nHugepagesize:       2048 kB\n',
    '/proc/1/mounts': 'proc /proc proc rw 0 0\nhugetlbfs /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n',
  });
  expect(lookAtHugePages(node)).toEqual({ total: 64, free: 16, kilobytes: 2048, mounts: ['/dev/hugepages'] });
});

test('a node without /proc tells nothing', () => {
  using node = new MadeUpNode();
  expect(lookAtHugePages(node)).toBeUndefined();
});
