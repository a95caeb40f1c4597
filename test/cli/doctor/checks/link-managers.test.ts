import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  changesOf,
  type LinkManager,
  type ManagedLink,
  readNetworkctl,
  readNmcli,
  readUdev,
} from '../../../../src/cli/doctor/facts/link-managers.ts';
import { linkFile, modulesFile, networkFile, networkManagerFile } from '../../../../src/cli/doctor/ready-files.ts';
import { facts, find, unasked } from '../made-up-facts.ts';
import { MadeUpNode } from '../made-up-node.ts';

const managers = [
  ['kernel-network-manager', 'networkManager', networkManagerFile, 'systemctl reload NetworkManager'],
  ['kernel-networkd', 'networkd', networkFile, 'networkctl reload'],
  ['kernel-udev', 'udev', linkFile, 'udevadm control --reload'],
] as const;

const none = { networkManager: undefined, networkd: undefined, udev: undefined };

describe.each(managers)('%s', (id, name, file, reload) => {
  const found = (manager: LinkManager) => find(id, facts({ kernel: { managers: { ...none, [name]: manager } } }));
  const link = (taken: string | undefined): ManagedLink => ({ name: 'dan0123456789a', taken });

  test('is a warning with the file and the command that reads it, for a link that was taken', () => {
    const links = [link(undefined), link('lists it as configured')];
    const [one, ...others] = found({ hasReadyFile: false, links });
    expect(others).toEqual([]);
    expect(one).toMatchObject({ severity: 'warning', files: [file], cure: expect.stringContaining(reload) });
    expect(one?.seen).toContain('the link dan0123456789a of a pod alone: it lists it as configured');
    expect(one?.cure).toMatch(/^install this file\./);
  });

  test('says that another file counts before the ready one, where that is installed and a link is taken', () => {
    expect(found({ hasReadyFile: true, links: [link('manages it')] })[0]?.cure).toContain('another one counts before');
  });

  test('finds nothing where it leaves the links alone, whatever is installed', () => {
    expect(found({ hasReadyFile: false, links: [link(undefined)] })).toEqual([]);
  });

  test('is a note without a link to ask about, until the file is installed', () => {
    const notes = found({ hasReadyFile: false, links: [] });
    expect(notes).toMatchObject([{ severity: 'note', files: [file], cure: expect.stringContaining(reload) }]);
    expect(found({ hasReadyFile: true, links: [] })).toEqual([]);
  });
});

describe('the files of a node that is mounted somewhere', () => {
  const atWork = {
    '/usr/sbin/NetworkManager': { executable: '#!/bin/sh\n' },
    '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
      link: '/usr/lib/systemd/system/systemd-networkd.service',
    },
    '/usr/lib/systemd/systemd-udevd': { executable: '#!/bin/sh\n' },
  };

  test('tell which link managers are at work', async () => {
    using node = new MadeUpNode();
    for (const [id] of managers)
      expect(unasked(id, await node.look())).toMatch(/^(?:NetworkManager|systemd-networkd|udev) does not run here$/);
    node.write(atWork);
    for (const [id, , file] of managers)
      expect(find(id, await node.look())).toMatchObject([{ severity: 'note', files: [file] }]);
  });

  test('tell whether the ready files are installed as they are', async () => {
    using node = new MadeUpNode().write(atWork);
    for (const [id, , { path, content }] of managers) {
      node.write({ [path]: content.replaceAll('dan*', 'other*') });
      expect(find(id, await node.look())).toHaveLength(1);
      node.write({ [path]: content });
      expect(unasked(id, await node.look())).toBeUndefined();
      expect(find(id, await node.look())).toEqual([]);
    }
  });
});

test('nmcli says which of dan’s links NetworkManager manages', () => {
  const output =
    'GENERAL.DEVICE:eth0\nGENERAL.NM-MANAGED:yes\n\n' +
    'GENERAL.DEVICE:dan0123456789a\nGENERAL.NM-MANAGED:yes\n\nGENERAL.DEVICE:danfedcba98765\nGENERAL.NM-MANAGED:no\n';
  expect(readNmcli(output)).toEqual([
    { name: 'dan0123456789a', taken: 'manages it' },
    { name: 'danfedcba98765', taken: undefined },
  ]);
  expect(readNmcli('')).toEqual([]);
});

test.each([
  ['configured', 'lists it as configured'],
  ['configuring', 'lists it as configuring'],
  ['failed', 'lists it as failed'],
  ['unmanaged', undefined],
  ['pending', undefined],
])('networkctl lists a link as %s', (setup, taken) => {
  const output = `  1 lo             loopback carrier    unmanaged\n  7 dan0123456789a ether    degraded   ${setup}\n  9 daniel         ether routable configured\n`;
  expect(readNetworkctl(output)).toEqual([{ name: 'dan0123456789a', taken }]);
});

// The output of systemd 252 about taps in a namespace with its systemd-networkd running: a .network file with an
// address matches the first, one with "Unmanaged=yes" the second, and none the third.
test('networkctl of systemd 252 says which of three taps systemd-networkd has taken', () => {
  const output =
    '  1 lo             loopback carrier    pending\n' +
    '  2 dan0123456789a ether    no-carrier configured\n' +
    '  3 danfedcba98765 ether    no-carrier unmanaged\n' +
    '  4 dan000000000aa ether    no-carrier unmanaged\n';
  expect(readNetworkctl(output)).toEqual([
    { name: 'dan0123456789a', taken: 'lists it as configured' },
    { name: 'danfedcba98765', taken: undefined },
    { name: 'dan000000000aa', taken: undefined },
  ]);
});

test('networkctl of systemd 252 without systemd-networkd says of no link that it is taken', () => {
  const output =
    'WARNING: systemd-networkd is not running, output will be incomplete.\n\n' +
    '  1 lo             loopback - unmanaged\n  2 dan0123456789a ether    - unmanaged\n';
  expect(readNetworkctl(output)).toEqual([{ name: 'dan0123456789a', taken: undefined }]);
});

// The output of udevadm of systemd 252 about a tap that its systemd-udevd has set up.
test('udevadm of systemd 252 names the .link file by which udev changed the MAC of a tap', () => {
  using node = new MadeUpNode();
  const properties = (file: string): string =>
    'DEVPATH=/devices/virtual/net/dan0123456789a\nINTERFACE=dan0123456789a\nIFINDEX=2\nSUBSYSTEM=net\n' +
    `USEC_INITIALIZED=42704879584\nID_NET_DRIVER=tun\nID_NET_LINK_FILE=${file}\nID_NET_NAME=dan0123456789a\n`;
  node.write({
    '/99-default.link': '[Match]\nOriginalName=*\n\n[Link]\nNamePolicy=keep kernel\nMACAddressPolicy=persistent\n',
    '/05-dan.link': linkFile.content,
  });
  const name = 'dan0123456789a';
  const byDefault = `${node.root}/99-default.link`;
  expect(readUdev(properties(byDefault), name)).toEqual([
    { name, taken: `sets its MACAddressPolicy=persistent by ${byDefault}` },
  ]);
  expect(readUdev(properties(`${node.root}/05-dan.link`), name)).toEqual([{ name, taken: undefined }]);
});

test('udevadm of systemd 252 says nothing of a link that udev has not seen', () => {
  const output = 'DEVPATH=/devices/virtual/net/dan0123456789a\nINTERFACE=dan0123456789a\nIFINDEX=2\nSUBSYSTEM=net\n';
  expect(readUdev(output, 'dan0123456789a')).toEqual([]);
});

test.each([
  ['MACAddressPolicy=none', []],
  ['NamePolicy=keep kernel', []],
  ['# MACAddress=02:00:00:00:00:01', []],
  ['Name=lan0', ['Name=lan0']],
  ['MACAddress=02:00:00:00:00:01', ['MACAddress=02:00:00:00:00:01']],
  ['NamePolicy=keep kernel\nMACAddressPolicy=persistent', ['MACAddressPolicy=persistent']],
])('a .link file with %j changes %j of a link', (lines, changes) => {
  expect(changesOf(`[Match]\nOriginalName=*\n\n[Link]\n${lines}\n`)).toEqual(changes);
});

test.each([networkManagerFile, networkFile, linkFile, modulesFile])(
  '$path is in deploy/host as well',
  ({ path, content }) => {
    expect(readFileSync(new URL(`../../../../deploy/host${path}`, import.meta.url), 'utf8')).toBe(content);
  },
);
