import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Containerd } from '../containerd/containerd.ts';
import { Host } from '../harness/host.ts';
import type { Finished } from '../harness/starter.ts';
import { writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';
import type { Block } from '../../test/docs/blocks.ts';
import { HugePages } from '../ovs/huge-pages.ts';
import { type Step, stepsOf } from './commands.ts';
import { Kubectl } from './kubectl.ts';
import { installKataShim } from './shim.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const kataConfiguration = '/etc/kata-containers/runtime-rs/configuration.toml';

/** The network of all other pods. Without it, containerd reports that it is not ready. */
const clusterNetwork = {
  cniVersion: '1.0.0',
  name: 'cluster',
  plugins: [{ type: 'bridge', bridge: 'cluster0', ipam: { type: 'host-local', subnet: '10.244.0.0/24' } }],
};

/** A node as the guides expect it, with containerd, Kata and a network for other pods, on which pages are followed. */
export class DocumentedNode implements AsyncDisposable {
  readonly host: Host;
  /** The tables that pages add to containerd's configuration. */
  #containerdTables = '';
  #containerd: Containerd | undefined;
  #kubectl: Kubectl | undefined;
  #hugePages: HugePages | undefined;

  private constructor(host: Host) {
    this.host = host;
  }

  static async create(): Promise<DocumentedNode> {
    const host = await Host.create();
    try {
      await installKataShim(host);
      await writeInside(host, kataConfiguration, '[hypervisor.qemu]\n[runtime]\nhypervisor_name = "qemu"\n');
      return new DocumentedNode(host);
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Carries out the blocks of a page in order; returns the output. */
  async follow(blocks: readonly Block[]): Promise<string> {
    const printed: string[] = [];
    for (const { language, text, page, line } of blocks) {
      try {
        if (language === 'sh') printed.push(await this.#runAll(text));
        if (language === 'toml') await this.#configure(text);
      } catch (error) {
        throw new Error(`${page}:${line}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
    return printed.join('\n');
  }

  async #configure(text: string): Promise<void> {
    if (text.includes('containerd.runtimes.')) this.#containerdTables += `${text}\n`;
    else await this.host.sh(`cat >>${kataConfiguration} <<'END'\n${text}\nEND`);
  }

  async #runAll(text: string): Promise<string> {
    const printed: string[] = [];
    for (const step of stepsOf(text)) {
      printed.push(await this.#run(step));
    }
    return printed.join('\n');
  }

  async #run(step: Step): Promise<string> {
    switch (step.for) {
      case 'kubectl':
        return await this.#asKubelet(step.words);
      case 'systemctl':
        await this.#restartContainerd();
        return '';
      case 'machine':
        this.#hugePages ??= await HugePages.reserve(step.hugePages);
        return '';
      case 'shell':
        return await this.#mustRun(step.script);
      default:
        return step satisfies never;
    }
  }

  async #mustRun(script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.shell(script);
    if (exitCode !== 0) throw new Error(`exit code ${exitCode} from: ${script}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs a script on the node, in the repository, with the executable in the shell's PATH. */
  async shell(script: string): Promise<Finished> {
    const path = `${dirname(executable)}:${dirname(process.execPath)}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
    const options = { env: { PATH: path, HOME: '/root' } };
    return await this.host.run('bash', ['-ec', `cd "$0"; ${script}`, root], options);
  }

  async #asKubelet(words: readonly string[]): Promise<string> {
    if (this.#kubectl === undefined) throw new Error('no page has started containerd yet');
    return await this.#kubectl.run(words);
  }

  // No page has a pod before its first restart of containerd.
  async #restartContainerd(): Promise<void> {
    this.#containerd ??= await Containerd.start(this.host, {
      networks: { '10-cluster.conflist': clusterNetwork },
      handlers: this.#containerdTables,
    });
    this.#kubectl ??= new Kubectl(this.#containerd, root);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using _pages = this.#hugePages;
    this.#containerd?.[Symbol.dispose]();
    await this.host[Symbol.asyncDispose]();
  }
}
