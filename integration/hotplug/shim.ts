import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Host } from '../harness/host.ts';

/** The shim of a sandbox, which says where its guest's agent listens. Its socket has the path of Kata's runtimes. */
export class Shim implements AsyncDisposable {
  readonly #host: Host;
  readonly #server: Server;
  readonly #directory: string;

  private constructor(host: Host, server: Server, directory: string) {
    this.#host = host;
    this.#server = server;
    this.#directory = directory;
  }

  /**
   * Starts the shim of a sandbox.
   *
   * @param parent a runtime's directory with a subdirectory for each sandbox: `/run/kata`, or `/run/vc/sbs`.
   * @param url where the agent listens.
   */
  static async start(host: Host, parent: string, sandbox: string, url: string): Promise<Shim> {
    const server = createServer((request, answer) => {
      if (request.url === '/agent-url') answer.end(url);
      else answer.writeHead(404).end();
    });
    // Its path in the host may be longer than a socket address can be.
    const path = shimPath(host, sandbox);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const directory = `${parent}/${sandbox}`;
    await host.sh(`
      mkdir -p ${directory}; touch ${directory}/shim-monitor.sock
      mount --bind ${path} ${directory}/shim-monitor.sock`);
    return new Shim(host, server, directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#host.sh(`umount ${this.#directory}/shim-monitor.sock; rm -rf ${this.#directory}`);
  }
}

/** The socket of a sandbox's shim, as seen from outside. */
export function shimPath(host: Host, sandbox: string): string {
  return join(host.directory, `${sandbox}.shim`);
}
