import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { conflist, containerdConfig, hostTap, kataConfig, type MadeUpNode, soundNode } from '../made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = soundNode();
});
afterEach(() => {
  node[Symbol.dispose]();
});

const file = '/etc/kata-containers/configuration.toml';
const dropIn = (text: string): MadeUpNode => node.write({ '/etc/kata-containers/config.d/90-own.toml': text });
const withoutConfigPath = containerdConfig.replace(/ConfigPath.*\n/, '');

describe('kata-config', () => {
  test('none at ConfigPath', async () => {
    rmSync(node.root + file);
    const [finding] = await node.find('kata-config');
    expect(finding).toMatchObject({
      severity: 'error',
      seen: `there is no configuration of Kata for the handler "kata" at ${file}`,
    });
  });

  test('none anywhere: every place is named, in its order', async () => {
    rmSync(node.root + file);
    node.write({ '/etc/containerd/config.toml': withoutConfigPath });
    const [finding] = await node.find('kata-config');
    expect(finding?.seen).toContain(
      '/etc/kata-containers/runtime-rs/configuration.toml, /usr/share/defaults/kata-containers/runtime-rs/configuration.toml',
    );
  });

  test('without ConfigPath, the place of the shim’s own runtime counts', async () => {
    node.write({
      '/etc/containerd/config.toml': withoutConfigPath,
      '/opt/kata/share/defaults/kata-containers/runtime-rs/configuration.toml': kataConfig,
    });
    const { kata } = await node.look();
    expect(kata.uses.map(({ config }) => config.file?.path)).toEqual([
      '/opt/kata/share/defaults/kata-containers/runtime-rs/configuration.toml',
    ]);
  });

  test('of a shim that cannot be told, both are looked at', async () => {
    node.write({
      '/etc/containerd/config.toml': withoutConfigPath.replace(/runtime_path.*\n/, ''),
      '/etc/kata-containers/runtime-rs/configuration.toml': kataConfig,
    });
    const { kata } = await node.look();
    expect(kata.uses.map(({ config, runtime }) => [config.file?.path, runtime])).toEqual([
      ['/etc/kata-containers/runtime-rs/configuration.toml', 'rust'],
      [file, 'go'],
    ]);
  });

  test('a drop-in that is no TOML, whatever its name', async () => {
    node.write({ '/etc/kata-containers/config.d/README': 'Put your files here.\n' });
    const [finding] = await node.find('kata-config');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toMatch(/config.d\/README is not TOML/);
  });

  test('drop-ins beside the file that a link leads to count', async () => {
    rmSync(node.root + file);
    node.write({
      '/opt/kata/c/configuration-x.toml': kataConfig,
      [file]: { link: '/opt/kata/c/configuration-x.toml' },
      '/opt/kata/c/config.d/10': '[runtime]\ndan_conf = "/a"\n',
      '/opt/kata/c/config.d/20': '[runtime]\nkeep_abnormal = true\n',
    });
    const { kata } = await node.look();
    expect(kata.uses[0]?.config.file?.settings).toMatchObject({ danConf: '/a', keepAbnormal: true, isOfRust: true });
  });

  test('--kata-config comes before what containerd says', async () => {
    node.write({ '/tmp/mine.toml': kataConfig.replace('/run/', '/mine/') });
    const [finding] = await node.find('kata-dan-conf', '/tmp/mine.toml');
    expect(finding?.seen).toMatch(
      /^\/tmp\/mine.toml \(handler "kata"\) has dan_conf = "\/mine\/kata-containers\/dans"/,
    );
  });
});

describe('kata-dan-conf', () => {
  test('missing: a drop-in is ready to be installed', async () => {
    node.write({ [file]: kataConfig.replace(/dan_conf.*\n/, '') });
    const [finding] = await node.find('kata-dan-conf');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toBe(
      `${file} (handler "kata") has no dan_conf in [runtime]: the runtime looks for DAN files below its working directory`,
    );
    expect(finding?.files).toEqual([
      {
        path: '/etc/kata-containers/config.d/50-dan.toml',
        content: '[runtime]\ndan_conf = "/run/kata-containers/dans"\n',
      },
    ]);
  });

  test.each(['', 'dans'])('%j is no absolute path', async (value) => {
    node.write({ [file]: kataConfig.replace('/run/kata-containers/dans', value) });
    expect((await node.find('kata-dan-conf'))[0]?.severity).toBe('error');
  });

  test('another than dan writes to', async () => {
    node.write({ '/etc/cni/kata.d/10-dan.conflist': conflist([{ ...hostTap, danConf: '/srv/dans' }]) });
    const [finding] = await node.find('kata-dan-conf');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toMatch(
      /has dan_conf = "\/run\/kata-containers\/dans", but for .* dan writes to \/srv\/dans$/,
    );
    expect(finding?.cure).toBe(
      'set "danConf": "/run/kata-containers/dans" in /etc/cni/kata.d/10-dan.conflist, or replace it by ' +
        `"kataConfig": "${file}"`,
    );
  });

  test('another than the default, which dan writes to', async () => {
    node.write({ [file]: kataConfig.replace(/dan_conf.*\n/, 'dan_conf = "/srv/dans"\n') });
    const [finding] = await node.find('kata-dan-conf');
    expect(finding?.cure).toBe(
      `set "kataConfig": "${file}", or "danConf": "/srv/dans", in /etc/cni/kata.d/10-dan.conflist`,
    );
  });

  test('a drop-in mends it', async () => {
    node.write({ [file]: kataConfig.replace(/dan_conf.*\n/, '') });
    dropIn('[runtime]\ndan_conf = "/run/kata-containers/dans"\n');
    expect(await node.find('kata-dan-conf')).toEqual([]);
  });

  test('a handler whose pods get another network does not matter', async () => {
    const more = containerdConfig
      .slice(containerdConfig.indexOf('[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]'))
      .replaceAll('runtimes.kata', 'runtimes.other')
      .replace('kata.d', 'net.d')
      .replace('/etc/kata-containers', '/etc/other');
    node.write({
      '/etc/containerd/config.toml': containerdConfig + more,
      '/etc/other/configuration.toml': kataConfig.replace(/dan_conf.*\n/, ''),
    });
    expect(await node.find('kata-dan-conf')).toEqual([]);
  });
});

describe('kata-new-netns', () => {
  test('the Rust runtime reads DAN files all the same', async () => {
    const [finding] = await dropIn('[runtime]\ndisable_new_netns = true\n').find('kata-new-netns');
    expect(finding?.severity).toBe('note');
    expect(finding?.seen).toContain('disable_new_netns = true with internetworking_model = "tcfilter"');
  });

  test('the Go runtime does not', async () => {
    node.write({
      '/etc/containerd/config.toml': withoutConfigPath.replaceAll('/opt/kata/runtime-rs/bin', '/opt/kata/bin'),
      '/opt/kata/bin/containerd-shim-kata-v2': { executable: '#!/bin/sh\n' },
      [file]: '[hypervisor.qemu]\n[runtime]\ndisable_new_netns = true\ninternetworking_model = "none"\n',
    });
    const [finding] = await node.find('kata-new-netns');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).not.toContain('internetworking_model');
  });
});
