import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ResultPromise } from 'execa';
import type { Host } from '../harness/host.ts';

const program = fileURLToPath(new URL('cloud-hypervisor.py', import.meta.url));

/** A stand-in for a Cloud Hypervisor that the Go runtime started for a sandbox. Its guest has the address 10.99.0.2. */
export class CloudHypervisor implements AsyncDisposable {
  /** The socket of its API. */
  readonly socket: string;
  readonly #process: ResultPromise;

  private constructor(socket: string, process: ResultPromise) {
    this.socket = socket;
    this.#process = process;
  }

  /** Starts it, and waits until its API answers. */
  static async start(host: Host, sandbox: string): Promise<CloudHypervisor> {
    const directory = `/run/vc/vm/${sandbox}`;
    await host.sh(`mkdir -p ${directory}`);
    const socket = `${directory}/clh-api.sock`;
    const words = [program, '--api-socket', socket, '10.99.0.2', '0.2'];
    const process = host.spawn('python3', words, { stdin: 'pipe', reject: false });
    await once(process.stdout!, 'data');
    return new CloudHypervisor(socket, process);
  }

  /** Makes it close the taps of its cards, and keep the cards. */
  async closeTaps(): Promise<void> {
    this.#process.stdin.write('close\n');
    await once(this.#process.stdout!, 'data');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    await this.#process;
  }
}
