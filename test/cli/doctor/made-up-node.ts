import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Finding } from '../../../src/cli/doctor/check.ts';
import { lookAtNode, type NodeFacts } from '../../../src/cli/doctor/facts/node.ts';
import { find, findAll } from './made-up-facts.ts';

/** A made-up file: its text, its bytes, or a link; `executable` text is a program. */
type Made = string | Uint8Array | { readonly link: string } | { readonly executable: string };

/** A made-up file system of a node, in its own directory. */
export class MadeUpNode {
  readonly root = mkdtempSync(join(tmpdir(), 'dan-node-'));

  /** Writes files, by their paths on the node. */
  write(files: Readonly<Record<string, Made>>): this {
    for (const [path, made] of Object.entries(files)) {
      const at = join(this.root, path);
      mkdirSync(dirname(at), { recursive: true });
      if (typeof made === 'string' || made instanceof Uint8Array) writeFileSync(at, made);
      else if ('link' in made) symlinkSync(made.link, at);
      else writeFileSync(at, made.executable, { mode: 0o755 });
    }
    return this;
  }

  /** Looks at it like `dan doctor --root`. */
  async look(kataConfig?: string): Promise<NodeFacts> {
    return await lookAtNode({ root: this.root }, kataConfig);
  }

  /** The findings of the areas "Kata" and "CNI", or of one check if `id` is given. */
  async find(id?: string, kataConfig?: string): Promise<readonly Finding[]> {
    const facts = await this.look(kataConfig);
    return id === undefined ? [...findAll('kata-', facts), ...findAll('cni-', facts)] : find(id, facts);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A list of plugins as a `.conflist`. */
export function conflist(plugins: readonly object[], more: object = {}): string {
  return JSON.stringify({ cniVersion: '1.0.0', name: 'kata-net', ...more, plugins });
}

/** The simplest network of dan. */
export const hostTap = { type: 'dan', device: 'host-tap', bridge: 'br0', addresses: ['10.1.0.5/24'] };

/** A configuration of containerd in which Kata's pods have their own directory. */
export const containerdConfig = `
version = 2
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/opt/cni/bin"
conf_dir = "/etc/cni/net.d"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]
runtime_type = "io.containerd.kata.v2"
runtime_path = "/opt/kata/runtime-rs/bin/containerd-shim-kata-v2"
cni_conf_dir = "/etc/cni/kata.d"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata.options]
ConfigPath = "/etc/kata-containers/configuration.toml"
`;

/** A configuration of Kata's Rust runtime with which a DAN pod starts. */
export const kataConfig = `
[hypervisor.dragonball]
default_vcpus = 1
[runtime]
name = "virt_container"
hypervisor_name = "dragonball"
dan_conf = "/run/kata-containers/dans"
`;

/** A healthy node. */
export function soundNode(): MadeUpNode {
  return new MadeUpNode().write({
    '/etc/containerd/config.toml': containerdConfig,
    '/etc/kata-containers/configuration.toml': kataConfig,
    '/opt/kata/runtime-rs/bin/containerd-shim-kata-v2': { executable: '#!/bin/sh\n' },
    '/etc/cni/net.d/10-bridge.conflist': conflist([{ type: 'bridge', bridge: 'cni0' }]),
    '/etc/cni/kata.d/10-dan.conflist': conflist([hostTap]),
    '/opt/cni/bin/dan': { executable: '#!/bin/sh\n' },
    '/opt/cni/bin/loopback': { executable: '#!/bin/sh\n' },
  });
}
