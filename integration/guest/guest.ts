import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ResultPromise } from 'execa';
import { guestImage, type Image } from './image.ts';
import type { Equipment } from './initramfs.ts';
import type { Machine } from './machine.ts';
import { filesIn, type Hardware, pidFile, qemuArguments, qmpSocket } from './qemu.ts';
import { Qmp } from './qmp.ts';
import { GuestShell, type GuestResult, shellSocket } from './shell.ts';

/** What a guest is booted with. */
export interface BootOptions extends Hardware {
  readonly host: Machine;
  /** What the guest has beyond what every one has. */
  readonly equipment?: Equipment;
  /** Another image than that of its equipment. */
  readonly image?: Image;
  /** Directory for the guest's sockets, made if missing; without it, a new one in the host's. */
  readonly directory?: string;
  /** How long it may take until the guest's shell answers. */
  readonly timeoutSeconds?: number;
}

/** What QEMU and the guest's kernel have said: the end of it belongs into every error. */
class Console {
  text = '';
  tail(): string {
    return `last words of the guest's console and of QEMU:\n${this.text.slice(-1500).trim()}`;
  }
}

/** A virtual machine with a Linux guest and no network device but those that are plugged in by {@link Guest.qmp}. */
export class Guest implements AsyncDisposable {
  /** Where the guest's sockets are. */
  readonly directory: string;
  /** The root shell in the guest. */
  readonly shell: GuestShell;
  /** Resolves when QEMU has ended, for whatever reason. */
  readonly ended: Promise<unknown>;
  readonly #host: Machine;
  readonly #qemu: ResultPromise;
  readonly #qmp: Qmp;
  readonly #console: Console;

  private constructor(
    host: Machine,
    directory: string,
    shell: GuestShell,
    qmp: Qmp,
    console: Console,
    qemu: ResultPromise,
  ) {
    this.#host = host;
    this.directory = directory;
    this.shell = shell;
    this.#qmp = qmp;
    this.#console = console;
    this.#qemu = qemu;
    this.ended = Promise.resolve(qemu);
  }

  /** Boots a guest in a host's namespaces and waits until its shell answers. */
  static async boot(options: BootOptions): Promise<Guest> {
    const { host, timeoutSeconds = 90 } = options;
    const image = options.image ?? (await guestImage(options.equipment));
    const directory = options.directory ?? (await mkdtemp(join(host.directory, 'guest-')));
    await mkdir(directory, { recursive: true });
    const console = new Console();
    const qemu = host.spawn(image.qemu?.program ?? 'qemu-system-x86_64', qemuArguments(image, directory, options), {
      reject: false,
      stdin: 'ignore',
      buffer: false,
    });
    try {
      await readiness(qemu, console, timeoutSeconds);
      const qmp = await Qmp.connect(qmpSocket(directory));
      const shell = await GuestShell.connect(shellSocket(directory));
      return new Guest(host, directory, shell, qmp, console, qemu);
    } catch (error) {
      const hasEnded = await Promise.race([qemu.then(() => true), Promise.resolve(false)]);
      const state = hasEnded ? '' : `\n${await stateOf(host, directory)}`;
      await end(host, directory, qemu);
      throw new Error(`${error instanceof Error ? error.message : String(error)}${state}`);
    }
  }

  /** Runs a script in the guest, beside others that still run. */
  async sh(script: string, timeoutSeconds?: number): Promise<GuestResult> {
    return this.shell.sh(script, timeoutSeconds).catch((error: unknown) => this.#explain(error));
  }

  /** Runs a script in the guest that must succeed, and returns its trimmed output. */
  async text(script: string, timeoutSeconds?: number): Promise<string> {
    return this.shell.text(script, timeoutSeconds).catch((error: unknown) => this.#explain(error));
  }

  /**
   * Waits until a link of the guest takes frames. Its kernel may act on the carrier of a new card a second after it has seen
   * it (net/core/link_watch.c), and drops what is sent before.
   */
  async carries(link: string): Promise<void> {
    await this.text(`until [ "$(cat /sys/class/net/${link}/operstate)" = up ]; do sleep 0.02; done`);
  }

  /** Runs a command of QEMU's control protocol; throws with QEMU's reason when it is refused. */
  qmp(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return this.#qmp.execute(command, args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.shell[Symbol.dispose]();
    // A QEMU that hangs does not answer; what counts is that it ends.
    void this.#qmp.execute('quit').catch(() => undefined);
    await end(this.#host, this.directory, this.#qemu);
  }

  #explain(error: unknown): never {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\n${this.#console.tail()}`);
  }
}

async function readiness(qemu: ResultPromise, console: Console, timeoutSeconds: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(timer);
      reject(new Error(`${reason}; ${console.tail()}`));
    };
    const timer = setTimeout(() => {
      fail(`the guest was not ready within ${timeoutSeconds} s`);
    }, timeoutSeconds * 1000);
    const hear = (chunk: Buffer): void => {
      console.text += chunk.toString();
      if (!console.text.includes('guest is ready')) return;
      clearTimeout(timer);
      resolve();
    };
    qemu.stdout?.on('data', hear);
    qemu.stderr?.on('data', hear);
    void qemu.then(({ exitCode, shortMessage }) => {
      fail(`QEMU ended (exit code ${exitCode ?? 'none'}) before the guest was ready: ${shortMessage ?? ''}`);
    });
  });
}

/**
 * What a QEMU is doing whose guest does not get ready: what it answers, and where its threads are. An emulated processor
 * that stands still looks like one that is slow, but for its registers.
 */
async function stateOf(host: Machine, directory: string): Promise<string> {
  const monitor = async (): Promise<string> => {
    const qmp = await Qmp.connect(qmpSocket(directory));
    const status = await qmp.execute('query-status');
    const registers = async (): Promise<string> =>
      String(await qmp.execute('human-monitor-command', { 'command-line': 'info registers' }));
    const first = await registers();
    await delay(200);
    return [JSON.stringify(status), first, await registers()].join('\n');
  };
  const late = delay(2000, 'the control socket does not answer', { ref: false });
  const answer = await Promise.race([monitor().catch(String), late]);
  const threads = `for task in /proc/$(cat ${pidFile(directory)})/task/*; do
    echo "$(cut -d' ' -f2,3,14,15 $task/stat) $(cat $task/wchan) $(cat $task/syscall)"; done`;
  const { stdout, stderr } = await host.run('sh', ['-c', threads]);
  return `QEMU's status, and its processor's registers twice: ${answer}\nits threads: ${stdout}${stderr}`;
}

/** Waits for QEMU to end, and ends it when it does not. */
async function end(host: Machine, directory: string, qemu: ResultPromise): Promise<void> {
  const patience = new AbortController();
  const late = delay(3000, 'late', { signal: patience.signal }).catch(() => undefined);
  if ((await Promise.race([qemu, late])) === 'late') {
    // By its process id in the host's namespace. What was spawned is the command that entered it: that one stopped if
    // QEMU was stopped, and it has to go on to see QEMU end.
    const pid = (await readFile(pidFile(directory), 'utf8').catch(() => '')).trim();
    if (pid !== '') await host.run('kill', ['-KILL', pid]);
    qemu.kill(pid === '' ? 'SIGKILL' : 'SIGCONT');
    await qemu;
  }
  patience.abort();
  for (const path of filesIn(directory)) await rm(path, { force: true });
  // Stays when it holds something that is not ours.
  await rmdir(directory).catch(() => undefined);
}
