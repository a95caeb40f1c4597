import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { settle, timeoutOf } from '../../src/attach/settings.ts';
import { socketDirOf } from '../../src/kinds/socket.ts';
import type { NetworkConfig } from '../../src/config/interpret.ts';
import { readNetwork } from '../../src/config/network.ts';
import { words } from '../config/reading.ts';

function config(changes: object): NetworkConfig {
  return readNetwork({ cniVersion: '1.0.0', name: 'kata-net', type: 'dan', ...changes }, words);
}

const tap = { bridge: 'br0' };
const redirection = { device: 'tcfilter', master: 'eth0' };
const macvtap = { device: 'macvtap', master: 'eth0' };
const socket = { device: 'vhost-user' };

const directory = mkdtempSync(join(tmpdir(), 'dan-settings-'));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('the settings of a network', () => {
  it.each([
    ['runtime-rs', tap],
    ['runtime-rs-3', tap],
    ['generic', tap],
    ['runtime-rs', redirection],
    ['runtime-rs-3', redirection],
    ['generic', redirection],
    ['generic', macvtap],
    ['runtime-rs', socket],
    ['runtime-rs-3', socket],
    ['generic', { ...socket, queues: 4 }],
  ])('"runtime": "%s" accepts %j', (runtime, device) => {
    expect(settle(config({ ...device, runtime }))).toMatchObject({
      danConf: '/run/kata-containers/dans',
      profile: { name: runtime },
    });
  });

  it.each([
    ['runtime-rs-3', { ...socket, queues: 4 }, 'say "queues": 1'],
    ['runtime-rs', macvtap, 'use "device": "tcfilter"'],
    ['runtime-rs-3', macvtap, 'use "device": "tcfilter"'],
    ['runtime-rs-3', { ...redirection, queues: 4 }, 'say "queues": 1'],
    ['runtime-rs', { ...tap, neighbors: [{ address: '10.0.0.9/24', mac: '02:00:00:00:00:09' }] }, 'take one host, /32'],
  ])('"runtime": "%s" refuses %j: %s', (runtime, device, why) => {
    const refused = { name: 'not-carried-by-profile', code: 7, message: expect.stringContaining(why) };
    expect(() => settle(config({ ...device, runtime }))).toThrow(expect.objectContaining(refused));
  });

  it.each([
    [socket, 'qemu', 'only dragonball attaches vhost-user devices'],
    [socket, 'dragonball', undefined],
    [tap, 'qemu', undefined],
    [redirection, 'qemu', undefined],
  ])('%j with a Kata configuration for hypervisor %s: refused with %s', (device, hypervisor, why) => {
    const kataConfig = join(directory, `${hypervisor}.toml`);
    writeFileSync(kataConfig, `[runtime]\nhypervisor_name = "${hypervisor}"\ndan_conf = "/run/of-kata"\n`);
    const settled = () => settle(config({ ...device, kataConfig }));
    if (why === undefined) expect(settled()).toMatchObject({ danConf: '/run/of-kata' });
    else {
      const refused = { name: 'not-carried-by-profile', message: expect.stringContaining(why) };
      expect(settled).toThrow(expect.objectContaining(refused));
    }
  });

  it('dan_conf of a drop-in is used, also where "kataConfig" is a symbolic link', () => {
    const kataConfig = join(directory, 'link.toml');
    mkdirSync(join(directory, 'kata/config.d'), { recursive: true });
    writeFileSync(join(directory, 'kata/configuration.toml'), '[runtime]\nhypervisor_name = "qemu"\n');
    symlinkSync(join(directory, 'kata/configuration.toml'), kataConfig);
    const settled = () => settle(config({ ...tap, kataConfig }));
    expect(settled).toThrow(expect.objectContaining({ name: 'kata-config-unusable' }));
    writeFileSync(join(directory, 'kata/config.d/50-dan.toml'), '[runtime]\ndan_conf = "/run/of-drop-in"\n');
    expect(settled()).toMatchObject({ danConf: '/run/of-drop-in' });
  });

  it.each([
    ['[runtime]\ndan_conf = "run/dans"', 'has a "dan_conf" in [runtime] that is not an absolute path'],
    ['[runtime]\ndan_conf = ""', 'has no "dan_conf" in [runtime]'],
    ['[runtime', 'is not TOML: '],
  ])('refuses a Kata configuration with %j', (text, why) => {
    const kataConfig = join(directory, 'faulty.toml');
    writeFileSync(kataConfig, text);
    expect(() => settle(config({ ...tap, kataConfig }))).toThrow(`Kata's configuration ${kataConfig} ${why}`);
  });

  it('refuses a Kata configuration with a drop-in that is not TOML, and names it', () => {
    const kataConfig = join(directory, 'dropped/configuration.toml');
    mkdirSync(join(directory, 'dropped/config.d'), { recursive: true });
    writeFileSync(kataConfig, '[runtime]\ndan_conf = "/run/dans"\n');
    writeFileSync(join(directory, 'dropped/config.d/a.toml'), '[');
    const settled = () => settle(config({ ...tap, kataConfig }));
    expect(settled).toThrow(`Kata's configuration ${kataConfig} has a drop-in config.d/a.toml that is not TOML: `);
  });

  it('"danConf" is the directory of DAN files', () => {
    expect(settle(config({ ...tap, danConf: '/run/dans' }))).toMatchObject({ danConf: '/run/dans' });
  });
});

describe('the socket directory that DEL reads from a configuration that may be faulty', () => {
  it.each([
    ['/run/vm', '/run/vm'],
    ['run/vm', '/run/dan/vhost-user'],
    ['/run/../etc', '/run/dan/vhost-user'],
    [7, '/run/dan/vhost-user'],
    [undefined, '/run/dan/vhost-user'],
  ])('"socketDir": %j means %s', (socketDir, directory) => {
    expect(socketDirOf({ socketDir })).toBe(directory);
  });
});

describe('the time limit that DEL reads from a configuration that may be faulty', () => {
  it.each([
    [1, 1],
    [600, 600],
    [0, 10],
    [601, 10],
    [1.5, 10],
    ['7', 10],
    [null, 10],
    [undefined, 10],
  ])('"commandTimeout": %j means %i seconds', (commandTimeout, seconds) => {
    expect(timeoutOf({ commandTimeout })).toBe(seconds);
  });
});
