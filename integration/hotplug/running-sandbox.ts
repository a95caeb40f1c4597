import { join } from 'node:path';
import { FakeAgent } from '../../test/agent/fake-agent.ts';
import type { DoorKind } from '../../src/monitor/monitor.ts';
import { Guest } from '../guest/guest.ts';
import type { Machine } from '../guest/machine.ts';
import { standIn } from '../guest-agent/stand-in.ts';
import type { Host } from '../harness/host.ts';
import { kataBridge } from './doors.ts';
import { Shim } from './shim.ts';

/** A sandbox's id, in the form of container runtimes. */
export const sandbox = `6ec7a98${'0123456789abcdef'.repeat(3)}123456789`;

/** How Kata's two runtimes place a sandbox with QEMU on the node, and which monitor is open to others. */
const layouts = {
  // Go, with enable_debug = true and extra_monitor_socket = "qmp".
  'qemu-qmp': {
    shim: '/run/vc/sbs',
    machine: '/run/vc/vm',
    monitor: (directory: string) => ['-qmp', `unix:path=${directory}/extra-monitor.sock,server=on,wait=off`],
  },
  // Rust, with enable_debug = true and extra_monitor_socket = "hmp": relative to QEMU's working directory.
  'qemu-hmp': {
    shim: '/run/kata',
    machine: '/run/kata',
    monitor: () => ['-monitor', 'unix:path=debug-monitor.sock,server=on,wait=off'],
  },
} as const;

/** How a sandbox is started. */
export interface SandboxOptions {
  readonly id?: string;
  readonly kind?: keyof typeof layouts;
  /** The methods that the agent's policy refuses. */
  readonly blocked?: readonly string[];
  /** Directory for the guest's sockets, instead of a new one. */
  readonly cpus?: number;
}

/**
 * A running Kata sandbox: QEMU with the devices, monitors and paths of Kata's command line, an agent in its guest, and
 * a shim that says where the agent is.
 */
export class RunningSandbox implements AsyncDisposable {
  readonly id: string;
  readonly kind: DoorKind;
  readonly guest: Guest;
  readonly agent: FakeAgent;
  readonly #host: Host;
  readonly #shim: Shim;

  private constructor(host: Host, id: string, kind: DoorKind, guest: Guest, agent: FakeAgent, shim: Shim) {
    this.id = id;
    this.kind = kind;
    this.guest = guest;
    this.agent = agent;
    this.#host = host;
    this.#shim = shim;
  }

  static async start(host: Host, options: SandboxOptions = {}): Promise<RunningSandbox> {
    const { id = sandbox, kind = 'qemu-qmp', blocked = [], cpus = 1 } = options;
    const layout = layouts[kind];
    const directory = `${layout.machine}/${id}`;
    await host.sh(`mkdir -p ${directory}`);
    const qemuArgs = ['-name', `sandbox-${id},debug-threads=on`, ...kataBridge, ...layout.monitor(directory)];
    const guest = await Guest.boot({ host: inDirectory(host, directory), mayContinue: true, ports: 0, cpus, qemuArgs });
    const agent = await FakeAgent.listen(join(host.directory, `${id.slice(0, 8)}.hvsock`), standIn(guest, { blocked }));
    const shim = await Shim.start(host, layout.shim, id, agent.url);
    return new RunningSandbox(host, id, kind, guest, agent, shim);
  }

  /** The guest's links except the loopback, with their names and MACs. */
  async links(): Promise<string> {
    return await this.guest.text("ip -br link | grep -v ^lo | awk '{ print $1, $3 }'");
  }

  /** dan's cards and network backends in QEMU. */
  async cards(): Promise<readonly string[]> {
    const own = (all: unknown): string[] =>
      (all as { name: string }[]).map(({ name }) => name).filter((name) => name.startsWith('dan-'));
    return own(await this.guest.qmp('qom-list', { path: '/machine/peripheral' }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shim[Symbol.asyncDispose]();
    await this.agent[Symbol.asyncDispose]();
    await this.guest[Symbol.asyncDispose]();
    const { machine } = layouts[this.kind as keyof typeof layouts];
    await this.#host.sh(`rm -rf ${machine}/${this.id}`);
  }
}

/**
 * Starts a process in a pod's namespace that has a sandbox's id in its command line, as Kata's processes there have. Its
 * command line is in place when this returns. Disposing of it ends it.
 */
export async function startProcessOf(id: string, host: Host, netns: string): Promise<AsyncDisposable> {
  const pid = await host.sh(`
    nsenter --net=${netns} bash -c 'exec -a shim-${id} sleep 1000' >/dev/null 2>&1 &
    until grep -q ^shim- /proc/$!/cmdline; do sleep 0.01; done
    echo $!`);
  return {
    async [Symbol.asyncDispose]() {
      await host.sh(`kill ${pid}`);
    },
  };
}

function inDirectory(host: Host, directory: string): Machine {
  return {
    directory: host.directory,
    spawn: (command, args, options) =>
      host.spawn('sh', ['-c', 'cd "$0" && exec "$@"', directory, command, ...args], options),
    run: (command, args, options) => host.run(command, args, options),
  };
}
