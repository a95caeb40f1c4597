import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { conflist, containerdConfig, hostTap, type MadeUpNode, soundNode } from '../made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = soundNode();
});
afterEach(() => {
  node[Symbol.dispose]();
});

const dan = '/opt/cni/bin/dan';
const remake = (made: string | Uint8Array | { executable: string }): MadeUpNode => {
  rmSync(node.root + dan);
  return node.write({ [dan]: made });
};

describe('cni-executable', () => {
  test('missing', async () => {
    rmSync(node.root + dan);
    const [finding] = await node.find('cni-executable');
    expect(finding).toMatchObject({ severity: 'error', seen: 'the plugin "dan" is not in /opt/cni/bin' });
    expect(finding?.cure).toContain('/opt/cni/bin/.dan');
  });

  test('cut off, as its own header tells', async () => {
    const whole = readFileSync(process.execPath);
    remake(whole.subarray(0, whole.length - 1));
    chmodSync(node.root + dan, 0o755);
    const [finding] = await node.find('cni-executable');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toMatch(/^\/opt\/cni\/bin\/dan was cut off: it has \d+ bytes/);
  });

  test('whole', async () => {
    remake(readFileSync(process.execPath));
    chmodSync(node.root + dan, 0o755);
    expect(await node.find('cni-executable')).toEqual([]);
  });

  test('without the right to execute it', async () => {
    remake('#!/bin/sh\n');
    chmodSync(node.root + dan, 0o644);
    expect((await node.find('cni-executable'))[0]?.seen).toBe('/opt/cni/bin/dan is not executable: its mode lacks x');
  });

  test.each(['', 'hello', '\u007fELF'])('no program: %j', async (text) => {
    remake({ executable: text });
    expect((await node.find('cni-executable'))[0]?.seen).toMatch(/^\/opt\/cni\/bin\/dan is not a program/);
  });

  test('it may be in any of several directories', async () => {
    node.write({
      '/etc/containerd/config.toml': `
        version = 3
        [plugins."io.containerd.cri.v1.runtime".cni]
        bin_dirs = ["/usr/libexec/cni", "/opt/cni/bin"]
        [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.kata]
        runtime_type = "io.containerd.kata.v2"`,
    });
    expect(await node.find('cni-executable')).toEqual([]);
  });
});

describe('cni-plugins', () => {
  test('loopback, IPAM and the plugins before and behind', async () => {
    rmSync(`${node.root}/opt/cni/bin/loopback`);
    const { addresses: _fixed, ...plugin } = hostTap;
    node.write({
      '/etc/cni/kata.d/10-dan.conflist': conflist([{ ...plugin, ipam: { type: 'host-local' } }, { type: 'firewall' }]),
    });
    const findings = await node.find('cni-plugins');
    expect(findings.map(({ seen }) => seen)).toEqual([
      'the plugin "loopback" is not in /opt/cni/bin',
      'the plugin "firewall" is not in /opt/cni/bin',
      'the plugin "host-local" is not in /opt/cni/bin',
    ]);
    expect(findings.every(({ severity }) => severity === 'error')).toBe(true);
  });

  test('containerd that brings lo up itself needs no loopback', async () => {
    rmSync(`${node.root}/opt/cni/bin/loopback`);
    node.write({
      '/etc/containerd/config.toml': containerdConfig.replace('conf_dir', 'use_internal_loopback = true\nconf_dir'),
    });
    expect(await node.find('cni-plugins')).toEqual([]);
  });
});

test.each([
  ['host-local', 'Debian: containernetworking-plugins'],
  ['whereabouts', 'its own project provides it'],
])('cni-plugins does not say where a missing %s comes from', async (type, origin) => {
  node.write({ '/etc/cni/kata.d/10-dan.conflist': conflist([{ ...hostTap, addresses: [], ipam: { type } }]) });
  const [finding] = await node.find('cni-plugins');
  expect(finding).toMatchObject({ severity: 'error', cure: expect.stringContaining(origin) });
});
