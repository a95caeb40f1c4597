import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { find, unasked } from '../made-up-facts.ts';
import { conflist, containerdConfig, hostTap, kataConfig, type MadeUpNode, soundNode } from '../made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = soundNode().write({ '/etc/cni/kata.d/10-dan.conflist': conflist([{ ...hostTap, hotplug: true }]) });
});
afterEach(() => {
  node[Symbol.dispose]();
});

const monitor = (protocol: string): string => `enable_debug = true\nextra_monitor_socket = "${protocol}"`;

/** Kata's configuration for a hypervisor, with these lines in its table. */
function kata(hypervisor: string, lines = ''): MadeUpNode {
  return node.write({
    '/etc/kata-containers/configuration.toml': kataConfig
      .replaceAll('dragonball', hypervisor)
      .replace('default_vcpus = 1', lines),
  });
}

describe('kata-hotplug', () => {
  test.each(['dragonball', 'firecracker'])(
    '%s has no way in: a warning that names the handler and the network',
    async (hypervisor) => {
      const [finding] = await kata(hypervisor).find('kata-hotplug');
      expect(finding?.severity).toBe('warning');
      expect(finding?.seen).toContain(
        `(handler "kata") is for the hypervisor ${hypervisor}, which lets nobody but Kata`,
      );
      expect(finding?.seen).toContain('the network "kata-net" says "hotplug": true');
      expect(finding?.cure).toContain('a handler with QEMU or Cloud Hypervisor');
    },
  );

  test.each(['clh', 'cloud-hypervisor'])('%s needs no setting', async (hypervisor) => {
    expect(await kata(hypervisor).find('kata-hotplug')).toEqual([]);
  });

  test.each([
    ['without a setting', ''],
    ['without enable_debug', 'extra_monitor_socket = "hmp"'],
    ['with enable_debug that is false', monitor('hmp').replace('true', 'false')],
    ['without a socket', 'enable_debug = true'],
    ['with an empty socket', monitor('')],
  ])('QEMU %s has a closed monitor: a warning with the drop-in that opens it', async (_, lines) => {
    const [finding] = await kata('qemu', lines).find('kata-hotplug');
    expect(finding?.severity).toBe('warning');
    expect(finding?.seen).toContain('opens no monitor');
    expect(finding?.files).toEqual([
      { path: '/etc/kata-containers/config.d/50-dan.toml', content: `[hypervisor.qemu]\n${monitor('hmp')}\n` },
    ]);
    const [file] = finding?.files ?? [];
    expect(await node.write({ [file?.path ?? '']: file?.content ?? '' }).find('kata-hotplug')).toEqual([]);
  });

  test('the former name of the setting counts', async () => {
    const lines = monitor('hmp').replace('extra_', 'dbg_');
    expect(await kata('qemu', lines).find('kata-hotplug')).toEqual([]);
  });

  test.each(['qmp', 'qmp-pretty'])('with "%s", the Rust runtime starts no sandbox: an error', async (protocol) => {
    const [finding] = await kata('qemu', monitor(protocol)).find('kata-hotplug');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toContain(`extra_monitor_socket = "${protocol}"`);
    expect(finding?.cure).toContain('set extra_monitor_socket = "hmp"');
  });

  describe('of a runtime that is not known', () => {
    beforeEach(() => {
      const shim = '/usr/local/bin/containerd-shim-kata-v2';
      const text = containerdConfig.replace('/opt/kata/runtime-rs/bin/containerd-shim-kata-v2', shim);
      node.write({ '/etc/containerd/config.toml': text, [shim]: { executable: '#!/bin/sh\n' } });
    });
    const anyRuntime = (lines: string): MadeUpNode =>
      node.write({ '/etc/kata-containers/configuration.toml': `[hypervisor.qemu]\n${lines}\n` });

    test('with "qmp" it may be the Go runtime: a warning', async () => {
      expect((await anyRuntime(monitor('qmp')).find('kata-hotplug'))[0]?.severity).toBe('warning');
    });

    test('"hmp" is for both', async () => {
      expect(await anyRuntime(monitor('hmp')).find('kata-hotplug')).toEqual([]);
      expect((await anyRuntime('').find('kata-hotplug'))[0]?.cure).toContain('"hmp"');
    });

    test('for the Go runtime, "qmp" is proposed and accepted', async () => {
      const facts = await anyRuntime('').look();
      const uses = facts.kata.uses.map((use) => ({ ...use, runtime: 'go' as const }));
      const [finding] = find('kata-hotplug', { ...facts, kata: { uses } });
      expect(finding?.files?.[0]?.content).toContain('extra_monitor_socket = "qmp"');
    });
  });

  test('it is only asked where a network is plugged in', async () => {
    kata('qemu').write({ '/etc/cni/kata.d/10-dan.conflist': conflist([hostTap]) });
    expect(unasked('kata-hotplug', await node.look())).toBe('no network that is configured here is plugged in');
  });
});
