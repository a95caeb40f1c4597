import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Terminal } from '../../../src/command/command.ts';
import { runLine } from '../../../src/cli/run.ts';

/** The result of a command line. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A containerd with a Kata handler that has its own directory of network configurations. */
export const containerdWithKata = `
version = 2
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]
  runtime_type = "io.containerd.kata.v2"
  cni_conf_dir = "/etc/cni/kata.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata.options]
    ConfigPath = "/opt/kata/configuration.toml"
`;

/** The same with a handler that uses the common directory. */
export const containerdWithoutDirectory = containerdWithKata.replace('  cni_conf_dir = "/etc/cni/kata.d"\n', '');

/** A Kata configuration without the directory of DAN files. */
const kataWithoutDan = '[hypervisor.qemu]\n[runtime]\nhypervisor_name = "qemu"\n';

/** Path of the Kata configuration. */
export const kataPath = '/opt/kata/configuration.toml';

/** A node's file system in a temporary directory, with an executable beside it that is installed there. */
export class MadeUpNode implements Disposable {
  readonly root: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'dan-install-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.root = join(this.#directory, 'node');
    mkdirSync(this.root);
    for (const [path, text] of Object.entries(files)) this.write(path, text);
    this.build('an executable');
  }

  /** A node with containerd, a Kata handler, and the directories that every node has. */
  static withKata(files: Readonly<Record<string, string>> = {}): MadeUpNode {
    const node = new MadeUpNode({
      '/etc/containerd/config.toml': containerdWithKata,
      [kataPath]: kataWithoutDan,
      ...files,
    });
    for (const directory of ['/var/lib', '/opt/cni/bin', '/etc/cni/kata.d']) {
      mkdirSync(node.at(directory), { recursive: true });
    }
    return node;
  }

  /** The path on this system of a path on the node. */
  at(path: string): string {
    return join(this.root, path);
  }

  /** Replaces the running executable by another one. */
  build(content: string): void {
    writeFileSync(join(this.#directory, 'dan'), content, { mode: 0o700 });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), text);
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  /** Runs a command line on the node. */
  async run(command: 'install' | 'uninstall', ...words: readonly string[]): Promise<Ended> {
    const told = { stdout: '', stderr: '' };
    const exitCode = await runLine([command, '--root', this.root, ...words], this.terminal(told));
    return { exitCode, ...told };
  }

  terminal(told: { stdout: string; stderr: string }): Terminal {
    return {
      print: (text) => (told.stdout += text),
      warn: (text) => (told.stderr += text),
      readInput: () => new Uint8Array(),
      colours: false,
      directory: this.#directory,
      executable: join(this.#directory, 'dan'),
    };
  }

  /** Everything on the node: each path with its mode and its content. */
  everything(): Readonly<Record<string, string>> {
    const names = readdirSync(this.root, { recursive: true, encoding: 'utf8' }).sort();
    return Object.fromEntries(
      names.map((name) => {
        const stat = lstatSync(join(this.root, name));
        const mode = (stat.mode & 0o7777).toString(8);
        return [
          `/${name}`,
          stat.isDirectory() ? `${mode} directory` : `${mode} ${readFileSync(join(this.root, name), 'utf8')}`,
        ];
      }),
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
