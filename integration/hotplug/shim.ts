import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Host } from '../harness/host.ts';

/** The shim of a sandbox, which tells where the agent in its guest listens. It answers where Kata's runtimes have it. */
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
   * @param parent the directory in which a runtime has one for each sandbox: `/run/kata`, or `/run/vc/sbs`.
   * @param url where the agent listens.
   */
  static async start(host: Host, parent: string, sandbox: string, url: string): Promise<Shim> {
    const server = createServer((request, answer) => {
      if (request.url === '/agent-url') answer.end(url);
      else answer.writeHead(404).end();
    });
    // Its path in the host may be longer than the address of a socket can be.
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

/** The socket on which the shim of a sandbox listens, seen from outside. */
export function shimPath(host: Host, sandbox: string): string {
  return join(host.directory, `${sandbox}.shim`);
}
