import type { ResultPromise } from 'execa';
import type { Host } from '../harness/host.ts';

/** A long-running program of a node or of the control plane, with its log in a file. It ends with its host. */
export class Daemon {
  readonly name: string;
  readonly #host: Host;
  readonly #log: string;
  readonly #ended = new AbortController();
  readonly #process: ResultPromise;

  /** Starts a program inside a host. */
  constructor(host: Host, name: string, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    this.#host = host;
    this.#log = `${host.directory}/${name}.log`;
    // Its child processes, which may outlive it, do not have a pipe of ours.
    const script = 'exec "$@" >>"$0" 2>&1';
    this.#process = host.spawn('sh', ['-c', script, this.#log, ...command], {
      env,
      reject: false,
      stdio: 'ignore',
    });
    void this.#process.then(async () => {
      this.#ended.abort(new Error(`${name} ended; its last words:\n${await this.lastWords()}`));
    });
  }

  /** Aborted with the end of the daemon's log as soon as it has ended. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** The end of its log. */
  async lastWords(): Promise<string> {
    const { stdout } = await this.#host.run('tail', ['-c', '3000', this.#log]);
    return stdout;
  }

  /** Sends a signal to it, and waits until it has ended. */
  async end(signal: 'TERM' | 'KILL'): Promise<void> {
    await this.#host.run('pkill', [`-${signal}`, '-x', this.name]);
    await this.#process;
  }
}
