import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { containerdConfig, type MadeUpNode, soundNode } from '../made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = soundNode();
});
afterEach(() => {
  node[Symbol.dispose]();
});

const main = '/etc/containerd/config.toml';

test('cni-containerd: a file that is no TOML, and one that is imported and missing', async () => {
  node.write({
    [main]: `imports = ["more.toml", "parts/*.toml"]\n${containerdConfig}`,
    '/etc/containerd/parts/a.toml': 'a = ',
  });
  const findings = await node.find('cni-containerd');
  expect(findings.map(({ severity, seen }) => [severity, seen])).toEqual([
    ['error', '/etc/containerd/more.toml does not exist'],
    ['error', expect.stringMatching(/^\/etc\/containerd\/parts\/a.toml is not TOML: /)],
  ]);
});

test('cni-containerd: a CRI plugin that is switched off, as Docker’s packages do', async () => {
  node.write({ [main]: 'disabled_plugins = ["cri"]\n' });
  const [finding] = await node.find('cni-containerd');
  expect(finding?.severity).toBe('error');
  expect(finding?.seen).toBe(`${main} switches containerd’s CRI plugin off ("disabled_plugins")`);
});

test('cni-containerd: that of k3s counts before one beside it', async () => {
  const k3s = '/var/lib/rancher/k3s/agent/etc/containerd/config.toml';
  node.write({ [k3s]: containerdConfig });
  const [finding] = await node.find('cni-containerd');
  expect(finding?.severity).toBe('note');
  expect(finding?.seen).toBe(`${k3s} is looked at, and not ${main}`);
});

test('cni-default-handler: a default that is not configured', async () => {
  node.write({
    [main]: containerdConfig.replace(
      'version = 2',
      'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd]\ndefault_runtime_name = "gone"',
    ),
  });
  const [finding] = await node.find('cni-default-handler');
  expect(finding?.severity).toBe('warning');
  expect(finding?.seen).toContain('no table of the handler "gone"');
});

test('kata-handler: none', async () => {
  node.write({ [main]: 'version = 2\n' });
  const [finding] = await node.find('kata-handler');
  expect(finding?.severity).toBe('error');
  expect(finding?.seen).toContain(main);
});

test('kata-handler: a program alone runs with defaults', async () => {
  rmSync(node.root + main);
  node.write({ '/usr/bin/containerd': { executable: '#!/bin/sh\n' } });
  const { cni } = await node.look();
  expect(cni.containerd?.path).toBeUndefined();
  expect(cni.binDirs).toEqual(['/opt/cni/bin']);
  expect((await node.find('kata-handler'))[0]?.severity).toBe('error');
});
