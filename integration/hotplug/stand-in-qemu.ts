import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { FakeAgent } from '../../test/agent/fake-agent.ts';
import { FakeMachine } from '../../test/monitor/fake-machine.ts';
import { answerOf, type Command, greeting, refusalOf } from '../../test/monitor/machine-protocol.ts';
import type { Host } from '../harness/host.ts';
import { Shim } from './shim.ts';

/** The ways in which a command to a monitor fails. With `-after`, QEMU carries it out, but dan gets no answer. */
export const ways = ['refuse', 'close', 'close-after', 'garbage', 'garbage-after', 'hang', 'hang-after'] as const;

/**
 * What happens to a virtual machine at a command. It ends, it stops for all connections, or only its socket disappears;
 * in one of the `ways`, only the command and its connection fail.
 */
type Fate = 'end' | 'lose-socket' | 'stop' | (typeof ways)[number];

/**
 * Starts a process with the command line of a QEMU, until `end` ends it. Its working directory is `directory`; `enter`
 * is a program that runs it, with arguments.
 */
export async function startWithWords(
  host: Host,
  words: readonly string[],
  { directory = '/', enter = [] }: { readonly directory?: string; readonly enter?: readonly string[] } = {},
): Promise<{ readonly end: () => Promise<unknown> }> {
  // One word, so that a program that only enters does not itself have the words of a QEMU.
  const script = `cd ${directory}; exec sh -c "echo started; read line; :" qemu ${words.join(' ')}`;
  const [command, ...args] = [...enter, 'sh', '-c', script];
  const started = host.spawn(command, args, { stdin: 'pipe', reject: false });
  await once(started.stdout!, 'data');
  const end = (): Promise<unknown> => {
    started.stdin.end();
    return Promise.resolve(started);
  };
  return { end };
}

/**
 * A running sandbox of the Go runtime without a guest: a process with QEMU's command line, a machine that exists only
 * in its monitor's answers, a programmable agent, and a shim. It boots immediately, and can end or hang at any command.
 */
export class StandInQemu implements AsyncDisposable {
  readonly sandbox: string;
  readonly machine: FakeMachine;
  readonly agent: FakeAgent;
  /** The names of the received commands. */
  readonly seen: string[] = [];
  /** What happens to it, and at which command from now on; the first has number 1. */
  fate: { readonly at: number; readonly how: Fate } | undefined;
  readonly #host: Host;
  readonly #shim: Shim;
  readonly #open = new Set<Socket>();
  #process: Awaited<ReturnType<typeof startWithWords>> | undefined;
  #server: Server | undefined;
  readonly #mute = new Set<Socket>();
  #isStopped = false;

  private constructor(host: Host, sandbox: string, agent: FakeAgent, shim: Shim) {
    this.#host = host;
    this.sandbox = sandbox;
    this.agent = agent;
    this.#shim = shim;
    this.machine = new FakeMachine();
  }

  static async start(host: Host, sandbox: string): Promise<StandInQemu> {
    const agent = await FakeAgent.listen(join(host.directory, `${sandbox}.hvsock`));
    const shim = await Shim.start(host, '/run/vc/sbs', sandbox, agent.url);
    await host.sh(`mkdir -p /run/vc/vm/${sandbox}`);
    const qemu = new StandInQemu(host, sandbox, agent, shim);
    await qemu.begin();
    return qemu;
  }

  /** Starts its process and the monitor, unless they are running. */
  async begin(): Promise<void> {
    const socket = `/run/vc/vm/${this.sandbox}/extra-monitor.sock`;
    const words = [
      '-name',
      `sandbox-${this.sandbox},debug-threads=on`,
      '-qmp',
      `unix:path=${socket},server=on,wait=off`,
    ];
    this.#process ??= await startWithWords(this.#host, words);
    if (this.#server === undefined) {
      const server = createServer((connection) => {
        this.#serve(connection);
      });
      // What is below /run of the host is visible from outside only through a process in it.
      await new Promise<void>((resolve) => server.listen(`/proc/${this.#host.pid}/root${socket}`, resolve));
      this.#server = server;
    }
    this.#isStopped = false;
    this.fate = undefined;
    this.seen.length = 0;
  }

  /** Ends it: first its monitor, then its process. */
  async end(): Promise<void> {
    const ending = this.#process;
    this.#process = undefined;
    this.#loseSocket();
    await ending?.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await this.agent[Symbol.asyncDispose]();
    await this.#shim[Symbol.asyncDispose]();
    await this.#host.sh(`rm -rf /run/vc/vm/${this.sandbox}`);
  }

  #loseSocket(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const connection of this.#open) connection.destroy();
  }

  #serve(connection: Socket): void {
    this.#open.add(connection);
    connection.on('close', () => this.#open.delete(connection));
    // The caller may be gone before it gets an answer.
    connection.on('error', () => undefined);
    if (!this.#isStopped) connection.write(greeting);
    let heard = '';
    connection.on('data', (bytes) => {
      heard += bytes.toString();
      const lines = heard.split('\n');
      heard = lines.pop() ?? '';
      for (const line of lines) void this.#take(connection, JSON.parse(line) as Command);
    });
  }

  async #take(connection: Socket, command: Command): Promise<void> {
    if (this.#isStopped || this.#mute.has(connection)) return;
    const how = this.seen.push(command.execute) === this.fate?.at ? this.fate.how : undefined;
    if (how === 'end') await this.end();
    else if (how === 'lose-socket') this.#loseSocket();
    else if (how === 'stop') this.#isStopped = true;
    else {
      const answer =
        how === undefined || how.endsWith('-after') ? await answerOf(this.machine, command) : refusalOf('not now');
      if (how === undefined || how === 'refuse') connection.write(answer);
      else if (how.startsWith('close')) connection.destroy();
      else {
        this.#mute.add(connection);
        if (how.startsWith('garbage')) connection.write('garbage\r\n');
      }
    }
  }
}
