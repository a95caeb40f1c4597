import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lookAtKata } from '../../../../src/cli/doctor/facts/kata.ts';
import type { NodeFacts } from '../../../../src/cli/doctor/facts/node.ts';
import { find } from '../made-up-facts.ts';
import type { KataShim } from '../../../../src/node/kata.ts';
import { conflist, containerdConfig, hostTap, kataConfig, type MadeUpNode, soundNode } from '../made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = soundNode();
});
afterEach(() => {
  node[Symbol.dispose]();
});

describe('kata-shim', () => {
  test('a named one that is missing is an error', async () => {
    node.write({
      '/etc/containerd/config.toml': containerdConfig.replace('bin/containerd-shim', 'sbin/containerd-shim'),
    });
    const [finding] = await node.find('kata-shim');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toContain('the shim /opt/kata/runtime-rs/sbin/containerd-shim-kata-v2 of the handler "kata"');
  });

  test('one that is looked for in containerd’s PATH may be elsewhere', async () => {
    node.write({
      '/etc/containerd/config.toml': containerdConfig.replace(/runtime_path.*\n/, '').replace('kata.v2', 'kata-fc.v2'),
    });
    const [finding] = await node.find('kata-shim');
    expect(finding?.severity).toBe('warning');
    expect(finding?.seen).toContain('containerd-shim-kata-fc-v2');
    node.write({ '/usr/local/bin/containerd-shim-kata-fc-v2': { executable: '#!/bin/sh\n' } });
    expect(await node.find('kata-shim')).toEqual([]);
  });
});

describe('kata-runtime-profile', () => {
  const network = (runtime: string): MadeUpNode =>
    node.write({ '/etc/cni/kata.d/10-dan.conflist': conflist([{ ...hostTap, runtime }]) });

  test.each([
    ['go', '3.29.0', 'runtime-rs', 'error', /Kata’s Go runtime, and .* has "runtime": "runtime-rs"$/],
    ['go', '4.0.0', 'generic', 'error', /Kata’s Go runtime, and/],
    ['rust', '3.29.0', 'runtime-rs', 'error', /Rust runtime 3.29.0, and .* has "runtime": "runtime-rs"$/],
    ['rust', '4.0.1', 'runtime-rs-3', 'warning', /Rust runtime 4.0.1, and .* has "runtime": "runtime-rs-3"$/],
    ['rust', '4.0.1', 'generic', 'warning', /has "runtime": "generic"$/],
    ['rust', '3.1.0-alpha0', 'runtime-rs-3', 'error', /is Kata 3.1.0-alpha0, which does not support DAN$/],
  ] as const)('%s %s and "%s"', async (runtime, version, profile, severity, seen) => {
    const findings = await profileFindings(network(profile), { runtime, version });
    expect(findings).toEqual([expect.objectContaining({ severity, seen: expect.stringMatching(seen) })]);
  });

  test('"generic" with a tap in the pod’s namespace fails the sandboxes of Kata, and is an error', async () => {
    const behind = [
      { type: 'ptp', ipam: { type: 'static' } },
      { type: 'dan', device: 'tcfilter', runtime: 'generic' },
    ];
    node.write({ '/etc/cni/kata.d/10-dan.conflist': conflist(behind) });
    expect(await profileFindings(node, { runtime: 'rust', version: '4.1.0' })).toMatchObject([
      { severity: 'error', seen: expect.stringContaining('Kata fails the sandbox') },
    ]);
  });

  test.each([
    ['3.29.0', 'runtime-rs-3'],
    ['4.0.0', 'runtime-rs'],
    ['4.1.0-rc1', 'runtime-rs'],
    [undefined, 'runtime-rs-3'],
    [undefined, 'runtime-rs'],
  ])('the Rust runtime %s and "%s" are fine', async (version, profile) => {
    expect(await profileFindings(network(profile), { runtime: 'rust', version })).toEqual([]);
  });

  test('of a shim that cannot be told nothing is said, but a configuration can tell that it is the Rust one', async () => {
    node.write({
      '/etc/containerd/config.toml': containerdConfig.replaceAll('/opt/kata/runtime-rs/bin', '/usr/local/bin'),
      '/usr/local/bin/containerd-shim-kata-v2': { executable: '#!/bin/sh\n' },
    });
    const facts = await network('generic').look();
    expect(facts.kata.uses[0]?.runtime).toBe('rust');
    node.write({ '/etc/kata-containers/configuration.toml': kataConfig.replace(/(name|hypervisor_name) = .*\n/g, '') });
    expect((await node.look()).kata.uses[0]?.runtime).toBeUndefined();
    expect(await node.find('kata-runtime-profile')).toEqual([]);
  });
});

// A shim prints its version when it is run, which happens only on the node: here it is put into the facts.
async function profileFindings(node: MadeUpNode, told: Pick<KataShim, 'runtime' | 'version'>) {
  const facts = await node.look();
  const kata = await lookAtKata({ root: node.root }, facts.cni, undefined);
  const uses = kata.uses.map((use) => ({
    ...use,
    runtime: told.runtime,
    shim: { name: 'shim', path: '/opt/shim', ...told },
  }));
  const asked: NodeFacts = { ...facts, kata: { uses } };
  return find('kata-runtime-profile', asked);
}
