import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { FakeAgent } from '../../test/agent/fake-agent.ts';
import { FakeMachine } from '../../test/monitor/fake-machine.ts';
import type { QemuStep } from '../../src/monitor/steps.ts';
import type { Host } from '../harness/host.ts';
import { Shim } from './shim.ts';

/** A command of the machine protocol. */
interface Command {
  readonly execute: string;
  readonly arguments: Readonly<Record<string, boolean | number | string>>;
}

/**
 * What becomes of a virtual machine when a command comes: it ends without an answer, it hangs from then on, or only its socket
 * goes.
 */
export type Fate = 'ends' | 'hangs' | 'loses its socket';

/**
 * Starts a process with the words of a QEMU, until `end` ends it. It works in `directory`; `enter` is a program
 * that goes before it, with its arguments.
 */
export async function startWithWords(
  host: Host,
  words: readonly string[],
  { directory = '/', enter = [] }: { readonly directory?: string; readonly enter?: readonly string[] } = {},
): Promise<{ readonly end: () => Promise<unknown> }> {
  // One word for whoever only enters: it has not the words of a QEMU itself.
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
 * A sandbox of the Go runtime that runs without a guest: a process with the words of QEMU, a machine that is nothing but what its
 * monitor tells of it, an agent that does as it is told, and a shim. It boots in no time, and can end or hang at any command.
 */
export class StandInQemu implements AsyncDisposable {
  readonly machine: FakeMachine;
  readonly agent: FakeAgent;
  /** The names of the commands that came. */
  readonly seen: string[] = [];
  /** What becomes of it, and at which command from now on; the first has number 1. */
  fate: { readonly at: number; readonly how: Fate } | undefined;
  readonly #host: Host;
  readonly #shim: Shim;
  readonly #sandbox: string;
  readonly #open = new Set<Socket>();
  #process: Awaited<ReturnType<typeof startWithWords>> | undefined;
  #server: Server | undefined;
  #hangs = false;

  private constructor(host: Host, sandbox: string, agent: FakeAgent, shim: Shim) {
    this.#host = host;
    this.#sandbox = sandbox;
    this.agent = agent;
    this.#shim = shim;
    this.machine = new FakeMachine();
  }

  static async start(host: Host, sandbox: string): Promise<StandInQemu> {
    const agent = await FakeAgent.listen(join(host.directory, 'agent.hvsock'));
    const shim = await Shim.start(host, '/run/vc/sbs', sandbox, agent.url);
    await host.sh(`mkdir -p /run/vc/vm/${sandbox}`);
    const qemu = new StandInQemu(host, sandbox, agent, shim);
    await qemu.begin();
    return qemu;
  }

  /** Starts its process, and the monitor, where they are not there. */
  async begin(): Promise<void> {
    const socket = `/run/vc/vm/${this.#sandbox}/extra-monitor.sock`;
    const words = [
      '-name',
      `sandbox-${this.#sandbox},debug-threads=on`,
      '-qmp',
      `unix:path=${socket},server=on,wait=off`,
    ];
    this.#process ??= await startWithWords(this.#host, words);
    if (this.#server === undefined) {
      const server = createServer((connection) => {
        this.#serve(connection);
      });
      // Nobody outside sees what is below /run of the host, but by a process in it.
      await new Promise<void>((resolve) => server.listen(`/proc/${this.#host.pid}/root${socket}`, resolve));
      this.#server = server;
    }
    this.#hangs = false;
    this.fate = undefined;
    this.seen.length = 0;
  }

  /** Ends it: its monitor goes first, and its process after it. */
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
    await this.#host.sh(`rm -rf /run/vc/vm/${this.#sandbox}`);
  }

  #loseSocket(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const connection of this.#open) connection.destroy();
  }

  #serve(connection: Socket): void {
    this.#open.add(connection);
    connection.on('close', () => this.#open.delete(connection));
    // Whoever calls may be gone before it is answered.
    connection.on('error', () => undefined);
    if (!this.#hangs) connection.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
    let heard = '';
    connection.on('data', (bytes) => {
      heard += bytes.toString();
      const lines = heard.split('\n');
      heard = lines.pop() ?? '';
      for (const line of lines) void this.#take(connection, JSON.parse(line) as Command);
    });
  }

  async #take(connection: Socket, command: Command): Promise<void> {
    if (this.#hangs) return;
    this.seen.push(command.execute);
    if (this.seen.length === this.fate?.at) {
      const { how } = this.fate;
      if (how === 'hangs') this.#hangs = true;
      else if (how === 'ends') void this.end();
      else this.#loseSocket();
      return;
    }
    const answer = await answerOf(this.machine, command).then(
      (value) => ({ return: value }),
      (error: unknown) => ({ error: { class: 'GenericError', desc: (error as Error).message } }),
    );
    connection.write(`${JSON.stringify(answer)}\r\n`);
  }
}

/** What a machine answers, in the forms of the machine protocol. */
async function answerOf(machine: FakeMachine, { execute, arguments: args }: Command): Promise<unknown> {
  switch (execute) {
    case 'qmp_capabilities':
      return {};
    case 'qom-list':
      return (await machine.devices()).map((name) => ({ name, type: 'child<device>' }));
    case 'human-monitor-command':
      return (await machine.backends()).map((id) => `${id}: index=0,type=tap,fd=9\r\n`).join('');
    case 'query-pci': {
      const devices = (await machine.pci()).map(({ bus, slot, id, model, secondary }) => {
        const [vendor, device] = model.split(':').map((digits) => Number.parseInt(digits, 16));
        const bridge = secondary === undefined ? {} : { pci_bridge: { bus: { secondary } } };
        return { bus, slot, qdev_id: id, id: { vendor, device }, ...bridge };
      });
      return [{ bus: 0, devices }];
    }
    default:
      // A descriptor that comes along is not read: that there is one is enough.
      await machine.run({ command: execute as QemuStep['command'], args }, [1]);
      return {};
  }
}
