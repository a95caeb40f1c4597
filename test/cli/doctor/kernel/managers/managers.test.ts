import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { kernelChecks } from '../../../../../src/cli/doctor/kernel/checks.ts';
import {
  linkFile,
  modulesFile,
  networkFile,
  networkManagerFile,
} from '../../../../../src/cli/doctor/kernel/managers/ready-files.ts';
import { MadeUpNode } from '../../made-up-node.ts';
import { find, unasked } from '../made-up-facts.ts';

const networkManager = { '/usr/sbin/NetworkManager': { executable: '#!/bin/sh\n' } };
const networkd = {
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
    link: '/usr/lib/systemd/system/systemd-networkd.service',
  },
};
const udev = { '/usr/lib/systemd/systemd-udevd': { executable: '#!/bin/sh\n' } };

/** What systemd itself ships for every link. */
const defaultLink = {
  '/usr/lib/systemd/network/99-default.link':
    '[Match]\nOriginalName=*\n\n[Link]\nNamePolicy=keep kernel database onboard slot path\nMACAddressPolicy=persistent\n',
};

async function foundIn(id: string, files: Parameters<MadeUpNode['write']>[0]) {
  using node = new MadeUpNode().write(files);
  return find(kernelChecks, id, await node.look());
}

test('what is not at work is not asked about', async () => {
  using node = new MadeUpNode().write(defaultLink);
  const facts = await node.look();
  for (const id of ['kernel-network-manager', 'kernel-networkd', 'kernel-udev']) {
    expect(unasked(kernelChecks, id, facts)).toBe('it is not at work here');
  }
});

test.each([networkManagerFile, networkFile, linkFile, modulesFile])(
  '$path is in deploy/host as well',
  ({ path, content }) => {
    expect(readFileSync(new URL(`../../../../../deploy/host${path}`, import.meta.url), 'utf8')).toBe(content);
  },
);

test('with the ready files installed, nothing takes the links of pods over', async () => {
  const ready = Object.fromEntries(
    [networkManagerFile, networkFile, linkFile].map(({ path, content }) => [path, content]),
  );
  const all = { '/etc/systemd/network/10-all.network': '[Match]\nName=*\n[Network]\nDHCP=yes\n' };
  using node = new MadeUpNode().write({ ...networkManager, ...networkd, ...udev, ...defaultLink, ...all, ...ready });
  const facts = await node.look();
  for (const id of ['kernel-network-manager', 'kernel-networkd', 'kernel-udev']) {
    expect(unasked(kernelChecks, id, facts)).toBeUndefined();
    expect(find(kernelChecks, id, facts)).toEqual([]);
  }
});

describe('NetworkManager', () => {
  test('takes everything, unless it is told otherwise; the finding has the file', async () => {
    const [found] = await foundIn('kernel-network-manager', {
      ...networkManager,
      '/etc/NetworkManager/NetworkManager.conf': '[main]\nplugins=keyfile\n',
    });
    expect(found).toMatchObject({ severity: 'warning', files: [networkManagerFile] });
    expect(found?.cure).toContain('reload NetworkManager');
  });

  test.each([
    ['[keyfile]\nunmanaged-devices=interface-name:dan*'],
    ['[keyfile]\nunmanaged-devices=mac:00:11:22:33:44:55;interface-name:dan*;type:wifi'],
    ['[keyfile]\nunmanaged-devices=interface-name:~dan*'],
    ['[keyfile]\nunmanaged-devices=*,except:type:wifi,except:type:gsm'],
    ['[keyfile]\nunmanaged-devices=type:tun'],
    ['[keyfile]\nunmanaged-devices=driver:tun'],
    ['[device-dan]\nmatch-device=interface-name:dan*\nmanaged=0'],
  ])('leaves them alone with %j', async (text) => {
    const path = '/etc/NetworkManager/conf.d/10-own.conf';
    expect(await foundIn('kernel-network-manager', { ...networkManager, [path]: text })).toEqual([]);
  });

  test.each([
    ['[keyfile]\nunmanaged-devices=interface-name:=dan*'],
    ['[keyfile]\nunmanaged-devices=interface-name:docker*'],
    ['[keyfile]\n#unmanaged-devices=interface-name:dan*'],
    ['[main]\nunmanaged-devices=interface-name:dan*'],
    ['[keyfile]\nunmanaged-devices=*,except:interface-name:dan*'],
    ['[device-eth]\nmatch-device=interface-name:eth*\nmanaged=0'],
  ])('does not with %j', async (text) => {
    const path = '/etc/NetworkManager/conf.d/10-own.conf';
    expect(await foundIn('kernel-network-manager', { ...networkManager, [path]: text })).toHaveLength(1);
  });

  test('a later file replaces the list, or adds to it', async () => {
    const first = {
      '/usr/lib/NetworkManager/conf.d/10-first.conf': '[keyfile]\nunmanaged-devices=interface-name:dan*\n',
    };
    const later = (line: string) => ({ '/etc/NetworkManager/conf.d/20-later.conf': `[keyfile]\n${line}\n` });
    const find = (line: string) => foundIn('kernel-network-manager', { ...networkManager, ...first, ...later(line) });
    expect(await find('unmanaged-devices=interface-name:eth9')).toHaveLength(1);
    expect(await find('unmanaged-devices+=interface-name:eth9')).toEqual([]);
    expect(await find('unmanaged-devices-=interface-name:dan*')).toHaveLength(1);
  });

  test('a file of the administrator hides one of a package with its name', async () => {
    const text = '[keyfile]\nunmanaged-devices=interface-name:dan*\n';
    const found = await foundIn('kernel-network-manager', {
      ...networkManager,
      '/usr/lib/NetworkManager/conf.d/dan.conf': text,
      '/etc/NetworkManager/conf.d/dan.conf': '',
    });
    expect(found).toHaveLength(1);
  });
});

describe('systemd-networkd', () => {
  const unit = (path: string, text: string) => foundIn('kernel-networkd', { ...networkd, [path]: text });

  test.each([
    ['Name=*'],
    ['Name=eth* dan*'],
    ['Name=!eth* en*'],
    ['Type=ether'],
    ['Kind=tun'],
    ['Driver=tun'],
    ['Name=da[mn]*'],
  ])('takes them with %s', async (match) => {
    const [found] = await unit('/etc/systemd/network/20-wired.network', `[Match]\n${match}\n[Network]\nDHCP=yes\n`);
    expect(found).toMatchObject({ severity: 'warning', files: [networkFile] });
    expect(found?.seen).toContain('/etc/systemd/network/20-wired.network');
  });

  test.each([
    ['Name=eth0'],
    ['Name=!dan*'],
    ['Name=*\nDriver=virtio_net'],
    ['MACAddress=00:11:22:33:44:55'],
    ['Name=*\n[Link]\nUnmanaged=yes'],
    ['Name=host0\nVirtualization=container'],
    [''],
  ])('leaves them alone with %j', async (match) => {
    expect(await unit('/etc/systemd/network/20-wired.network', `[Match]\n${match}\n`)).toEqual([]);
  });

  test('the first file that matches decides, wherever it is, and one that is masked does not count', async () => {
    const all = '[Match]\nName=*\n';
    const leave = '[Match]\nName=dan*\n[Link]\nUnmanaged=yes\n';
    const found = (files: Parameters<MadeUpNode['write']>[0]) => foundIn('kernel-networkd', { ...networkd, ...files });
    expect(
      await found({ '/usr/lib/systemd/network/10-dan.network': leave, '/etc/systemd/network/20-all.network': all }),
    ).toEqual([]);
    expect(
      await found({ '/usr/lib/systemd/network/30-dan.network': leave, '/etc/systemd/network/20-all.network': all }),
    ).toHaveLength(1);
    expect(
      await found({ '/usr/lib/systemd/network/20-all.network': all, '/etc/systemd/network/20-all.network': '' }),
    ).toEqual([]);
    expect(
      await found({
        '/usr/lib/systemd/network/20-all.network': all,
        '/etc/systemd/network/20-all.network': { link: '/dev/null' },
      }),
    ).toEqual([]);
    expect(
      await found({
        '/etc/systemd/network/20-all.network': all,
        '/etc/systemd/network/20-all.network.d/own.conf': '[Link]\nUnmanaged=yes\n',
      }),
    ).toEqual([]);
  });

  test('says so where the ready file would come too late', async () => {
    const [found] = await unit('/etc/systemd/network/00-all.network', '[Match]\nName=*\n');
    expect(found?.cure).toContain('under a name that comes before 00-all.network');
  });
});

describe('udev', () => {
  test('changes the MAC of a new tap by what systemd ships', async () => {
    const [found] = await foundIn('kernel-udev', { ...udev, ...defaultLink });
    expect(found).toMatchObject({ severity: 'warning', files: [linkFile] });
    expect(found?.seen).toContain('99-default.link');
    expect(found?.seen).toContain('MACAddressPolicy=persistent');
  });

  test.each([
    ['MACAddressPolicy=none', 0],
    ['NamePolicy=keep kernel', 0],
    ['Name=lan0', 1],
    ['MACAddress=02:00:00:00:00:01', 1],
    ['MACAddressPolicy=random', 1],
  ])('with %s: %i findings', async (line, count) => {
    const text = `[Match]\nOriginalName=*\n[Link]\n${line}\n`;
    expect(await foundIn('kernel-udev', { ...udev, '/usr/lib/systemd/network/99-default.link': text })).toHaveLength(
      count,
    );
  });
});
