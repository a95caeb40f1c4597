import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readyConfigurations } from '../../../src/cli/install/ready-configurations.ts';
import { containerdWithKata, kataPath, MadeUpNode } from './made-up-node.ts';

const hostTap = readyConfigurations.get('host-tap') ?? '';
const dropIn = '/opt/kata/config.d/50-dan.toml';
const conflist = '/etc/cni/kata.d/10-dan.conflist';

describe('into an empty tree, twice, then out again', () => {
  const words = ['--config', 'host-tap', '--conf-dir', '/etc/cni/kata.d'];

  it('leaves the tree as it was', async () => {
    using node = new MadeUpNode();
    expect(await node.run('install', ...words)).toMatchObject({ exitCode: 0, stderr: '' });
    const installed = node.everything();
    expect(installed).toMatchObject({
      '/opt/cni/bin': '755 directory',
      '/opt/cni/bin/dan': '755 an executable',
      [conflist]: `644 ${hostTap}`,
      '/var/lib/dan/installed.json': expect.stringContaining('/opt/cni/bin/dan'),
    });

    const second = await node.run('install', ...words);
    expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\nNothing to do\.\n$/) });
    expect(second.stdout).not.toMatch(/^Done/m);
    expect(node.everything()).toEqual(installed);

    expect(await node.run('uninstall')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(node.everything()).toEqual({});
    expect((await node.run('uninstall')).stdout).toBe('Nothing to do.\n');
  });

  it('and a dry run changes nothing at all', async () => {
    using node = new MadeUpNode();
    const { exitCode, stdout } = await node.run('install', ...words, '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`  write   ${conflist}\n            the network configuration host-tap\n`);
    expect(stdout).toContain('Nothing was changed: without --dry-run, this is done.');
    expect(node.everything()).toEqual({});
  });
});

describe('on a node with containerd and Kata', () => {
  it('everything is found by itself, and is undone', async () => {
    using node = MadeUpNode.withKata();
    const before = node.everything();
    const { exitCode, stdout } = await node.run('install', '--config', 'host-tap');
    expect(exitCode).toBe(0);
    const told = stdout.replaceAll(/\s+/g, ' ');
    expect(told).toContain(`${kataPath} has no dan_conf`);
    expect(told).toContain('containerd’s handler kata takes 10-dan.conflist');
    expect(Object.keys(node.everything()).filter((path) => !(path in before))).toEqual([
      conflist,
      '/opt/cni/bin/dan',
      '/opt/kata/config.d',
      dropIn,
      '/var/lib/dan',
      '/var/lib/dan/installed.json',
    ]);
    expect(node.read(dropIn)).toMatch(/^#.*\n\[runtime\]\ndan_conf = "\/run\/kata-containers\/dans"\n$/);
    expect((await node.run('install', '--config', 'host-tap')).stdout).toContain('\nNothing to do.\n');
    await node.run('uninstall');
    expect(node.everything()).toEqual(before);
  });

  it('the plan can be read by a program', async () => {
    using node = MadeUpNode.withKata();
    const { stdout } = await node.run('install', '--config', 'host-tap', '--dry-run', '--json');
    const plan = JSON.parse(stdout) as { outcome: string; steps: { do: string; path: string }[] };
    expect(plan.outcome).toBe('shown');
    expect(plan.steps.map((step) => `${step.do} ${step.path}`)).toEqual([
      'make-directory /var/lib/dan',
      'write /var/lib/dan/installed.json',
      'write /opt/cni/bin/dan',
      'make-directory /opt/kata/config.d',
      `write ${dropIn}`,
      `write ${conflist}`,
    ]);
  });

  it('what is undone goes in the other order: first what starts pods, last what is known of it', async () => {
    using node = MadeUpNode.withKata();
    await node.run('install', '--config', 'host-tap');
    const { stdout } = await node.run('uninstall', '--dry-run', '--json');
    const { steps } = JSON.parse(stdout) as { steps: { do: string; path: string }[] };
    expect(steps.map((step) => `${step.do} ${step.path}`)).toEqual([
      `remove ${conflist}`,
      `remove ${dropIn}`,
      'remove /opt/cni/bin/dan',
      'remove-directory /opt/kata/config.d',
      'remove /var/lib/dan/installed.json',
      'remove-directory /var/lib/dan',
    ]);
  });

  it('the directories that containerd’s configuration names are used, through links of the node', async () => {
    using node = MadeUpNode.withKata();
    node.write(
      '/etc/containerd/config.toml',
      `${node.read('/etc/containerd/config.toml')}[plugins."io.containerd.grpc.v1.cri".cni]\n  bin_dir = "/usr/libexec/cni"\n`,
    );
    mkdirSync(node.at('/usr/lib/cni'), { recursive: true });
    mkdirSync(node.at('/usr/libexec'));
    symlinkSync('/usr/lib/cni', node.at('/usr/libexec/cni'));
    await node.run('install', '--config', 'host-tap');
    expect(node.read('/usr/lib/cni/dan')).toBe('an executable');
  });

  it('without --config it is the plugin and dan_conf alone', async () => {
    using node = MadeUpNode.withKata();
    const { stdout } = await node.run('install');
    expect(stdout).not.toContain('conflist');
    expect(node.everything()).not.toHaveProperty([conflist]);
    expect(node.everything()).toHaveProperty([dropIn]);
  });

  it('a Kata configuration that says so already is left alone', async () => {
    using node = MadeUpNode.withKata({ [kataPath]: '[runtime]\ndan_conf = "/run/kata-containers/dans"\n' });
    const { stdout } = await node.run('install');
    expect(stdout).toContain(`  ${kataPath}\n    Kata already looks for DAN files in /run/kata-containers/dans\n`);
    expect(node.everything()).not.toHaveProperty(['/opt/kata/config.d']);
  });

  it('a file of the operator’s is installed, and its "danConf" is what Kata is told', async () => {
    using node = MadeUpNode.withKata();
    const own = hostTap.replace('"bridge"', '"danConf": "/run/dans", "bridge"');
    node.write('/own.conflist', own);
    expect(await node.run('install', '--config', './node/own.conflist')).toMatchObject({ exitCode: 0 });
    expect(node.read(conflist)).toBe(own);
    expect(node.read(dropIn)).toContain('"/run/dans"');
    // Later with another one: the drop-in belonged to dan.
    await node.run('install', '--config', 'host-tap');
    expect(node.read(dropIn)).toContain('"/run/kata-containers/dans"');
    expect(node.read(conflist)).toBe(hostTap);
  });
});

describe('what was there before', () => {
  it('a newer dan takes the place of the one that was installed, which nothing is kept of', async () => {
    using node = MadeUpNode.withKata();
    const before = node.everything();
    await node.run('install', '--config', 'host-tap');
    node.build('a newer executable');
    expect((await node.run('install', '--config', 'host-tap-static')).stdout).toContain('replaces what');
    expect(node.read('/opt/cni/bin/dan')).toBe('a newer executable');
    expect(node.read('/var/lib/dan/installed.json').match(/[0-9a-f]{64}/g)).toHaveLength(3);
    await node.run('uninstall');
    expect(node.everything()).toEqual(before);
  });

  it('an executable that was copied by hand is replaced, and that is said', async () => {
    using node = MadeUpNode.withKata({ '/opt/cni/bin/dan': 'by hand' });
    expect((await node.run('install')).stdout.replaceAll(/\s+/g, ' ')).toContain('"dan uninstall" does not bring back');
    expect(node.everything()['/opt/cni/bin/dan']).toBe('755 an executable');
  });

  it('what is there and the same stays when dan goes: dan did not put it there', async () => {
    using node = MadeUpNode.withKata({ [conflist]: hostTap });
    await node.run('install', '--config', 'host-tap');
    await node.run('uninstall');
    expect(node.read(conflist)).toBe(hostTap);
  });

  it('what the operator changed stays, in both directions, and is named', async () => {
    using node = MadeUpNode.withKata();
    await node.run('install', '--config', 'host-tap');
    node.write(conflist, hostTap.replace('br0', 'br1'));
    const again = await node.run('install', '--config', 'host-tap');
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('was changed since') });
    const gone = await node.run('uninstall');
    expect(gone.stdout).toContain(
      `Nothing to do\n  ${conflist}\n    was changed since "dan install" put it there, and stays`,
    );
    expect(node.read(conflist)).toContain('br1');
    expect(node.everything()).not.toHaveProperty(['/opt/cni/bin/dan']);
  });

  it('a directory that dan made stays where others use it by now', async () => {
    using node = new MadeUpNode();
    await node.run('install');
    node.write('/opt/cni/bin/bridge', 'another plugin');
    expect((await node.run('uninstall')).stdout).toContain('holds bridge, and stays');
    expect(Object.keys(node.everything())).toEqual(['/opt', '/opt/cni', '/opt/cni/bin', '/opt/cni/bin/bridge']);
  });

  it('a directory that containerd watches stays, empty, for containerd would fail', async () => {
    using node = new MadeUpNode({ '/etc/containerd/config.toml': containerdWithKata });
    await node.run('install', '--config', 'host-tap');
    expect((await node.run('uninstall')).stdout).toContain('stays, empty: containerd watches it');
    expect(node.everything()).toMatchObject({ '/etc/cni/kata.d': '755 directory' });
  });
});
