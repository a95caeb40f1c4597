import { describe, expect, test } from 'vitest';
import { versionFault } from '../../../../src/cli/doctor/checks/programs.ts';
import { MadeUpNode } from '../made-up-node.ts';
import { facts, find, network, networks, unasked } from '../made-up-facts.ts';

describe('a version of iproute2', () => {
  const fault = (says: string) => versionFault({ name: 'ip', path: '/usr/sbin/ip', says, isBusybox: false });

  test.each([
    'ip utility, iproute2-6.1.0, libbpf 1.1.2',
    'ip utility, iproute2-5.4.0',
    'ip utility, iproute2-ss191125',
    'tc utility, iproute2-v5.10.0-12-gabcdef0',
    'tc utility, iproute2-7.0',
  ])('%s will do', (says) => {
    expect(fault(says)).toBeUndefined();
  });

  test.each(['ip utility, iproute2-ss190708', 'ip utility, iproute2-5.3.0', 'tc utility, iproute2-4.20'])(
    '%s is too old',
    (says) => {
      expect(fault(says)).toContain('too old');
    },
  );

  test('busybox is none', () => {
    expect(fault('BusyBox v1.36.1 (Debian 1:1.36.1-9) multi-call binary.')).toContain('is not from iproute2');
  });
});

test('what a network needs and the node lacks is an error that names the package, where iproute2 speaks to the kernel', () => {
  const there = new Set([...facts().kernel.programs.there].filter((tool) => tool !== 'tc'));
  const seen = facts({
    kernel: { programs: { there, versioned: [] }, runsPrograms: true },
    networks: [network('pods', networks.hostTap), network('behind', networks.tcfilter)],
  });
  expect(find('kernel-programs', seen)).toMatchObject([
    {
      severity: 'error',
      seen: 'missing: the program "tc"; the network "behind" needs it',
      cure: expect.stringContaining('iproute2'),
    },
  ]);
});

test('"flock" counts where dan runs on Node', () => {
  const there = new Set([...facts().kernel.programs.there].filter((tool) => tool !== 'flock'));
  const programs = { there, versioned: [] };
  expect(find('kernel-programs', facts({ kernel: { programs } }))).toEqual([]);
  const [found] = find('kernel-programs', facts({ kernel: { programs, runsPrograms: true } }));
  expect(found?.cure).toContain('util-linux');
});

test('the programs of a node that is mounted somewhere are its own, and a link to busybox is not iproute2', async () => {
  const program = { executable: '#!/bin/sh\n' };
  using node = new MadeUpNode().write({
    '/bin/busybox': program,
    '/usr/sbin/ip': { link: '/bin/busybox' },
    '/usr/bin/nsenter': program,
    '/usr/sbin/tc': program,
  });
  const seen = await node.look();
  expect([...seen.kernel.programs.there]).toEqual(['ip', 'nsenter', 'tc']);
  expect(find('kernel-iproute2', seen)).toMatchObject([
    { severity: 'warning', seen: expect.stringContaining('/usr/sbin/ip is that of busybox') },
  ]);
  const missing = find('kernel-programs', seen).map((found) => found.seen);
  expect(missing.some((text) => text.includes('"mknod"'))).toBe(true);
  expect(missing.some((text) => text.includes('"ip"'))).toBe(false);
});

test('several that nobody needs yet are one note, and a warning where iproute2 speaks to the kernel', () => {
  const programs = { there: new Set<never>(), versioned: [] };
  const notes = find('kernel-programs', facts({ kernel: { programs } }));
  expect(notes.map(({ severity }) => severity)).toEqual(['note']);
  const found = find('kernel-programs', facts({ kernel: { programs, runsPrograms: true } }));
  expect(found.map(({ severity }) => severity)).toEqual(['warning', 'note']);
  expect(found[0]?.seen).toContain('missing: the programs "ip", "nsenter"');
  expect(unasked('kernel-iproute2', facts({ kernel: { programs } }))).toBe('neither is there');
});
