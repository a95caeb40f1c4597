import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Containerd } from '../containerd/containerd.ts';

interface Manifest {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly handler?: string;
  readonly spec?: { readonly runtimeClassName?: string };
}

/**
 * Does what the guides do with `kubectl`, like a kubelet: pods become sandboxes of containerd, and commands in a pod
 * run in its guest.
 */
export class Kubectl {
  readonly #containerd: Containerd;
  readonly #root: string;
  readonly #sandboxes = new Map<string, string>();
  readonly #handlers = new Map<string, string>();

  constructor(containerd: Containerd, root: string) {
    this.#containerd = containerd;
    this.#root = root;
  }

  /** Runs a command line, given without `kubectl`, and returns its output. */
  async run([verb = '', ...words]: readonly string[]): Promise<string> {
    switch (verb) {
      case 'apply':
        return await this.#apply(
          parseArgs({ args: [...words], options: { filename: { type: 'string', short: 'f' } } }).values.filename,
        );
      case 'wait':
        return await this.#wait(words.at(-1)?.replace('pod/', '') ?? '');
      case 'exec':
        return await this.#exec(words[0] ?? '', words.slice(words.indexOf('--') + 1));
      case 'delete':
        return await this.#delete(words.at(-1) ?? '');
      default:
        throw new Error(`kubectl ${verb} is not known to the tests`);
    }
  }

  async #apply(path = ''): Promise<string> {
    for (const document of parseAllDocuments(readFileSync(`${this.#root}${path}`, 'utf8'))) {
      const { kind, metadata, handler = '', spec } = document.toJS() as Manifest;
      const name = metadata?.name ?? '';
      if (kind === 'RuntimeClass') this.#handlers.set(name, handler);
      if (kind !== 'Pod') continue;
      const runtimeClass = spec?.runtimeClassName ?? '';
      const sandbox = { name, handler: this.#handlers.get(runtimeClass) ?? runtimeClass };
      this.#sandboxes.set(name, await this.#containerd.cri.runPodSandbox(sandbox));
    }
    return path;
  }

  async #wait(name: string): Promise<string> {
    const { ready, ip } = await this.#containerd.cri.podSandboxStatus(this.#sandbox(name));
    if (!ready) throw new Error(`the pod ${name} is not ready`);
    return ip;
  }

  async #exec(name: string, command: readonly string[]): Promise<string> {
    using guest = await this.#containerd.guest(this.#sandbox(name));
    return await guest.text(command.join(' '));
  }

  async #delete(name: string): Promise<string> {
    const id = this.#sandbox(name);
    await this.#containerd.cri.stopPodSandbox(id);
    await this.#containerd.cri.removePodSandbox(id);
    this.#sandboxes.delete(name);
    return name;
  }

  #sandbox(name: string): string {
    const id = this.#sandboxes.get(name);
    if (id === undefined) throw new Error(`no pod ${name} was applied`);
    return id;
  }
}
