import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ResultPromise } from 'execa';
import { guestImage, type Image } from './image.ts';
import type { Equipment } from './initramfs.ts';
import { continuing, hasContinued, isKept, keepState, keptState } from './kept-state.ts';
import type { Machine } from './machine.ts';
import { filesIn, type Hardware, pidFile, qemuArguments, qmpSocket } from './qemu.ts';
import { Qmp } from './qmp.ts';
import { GuestShell, type GuestResult, shellSocket } from './shell.ts';

/** The options for booting a guest. */
export interface BootOptions extends Hardware {
  readonly host: Machine;
  /** What the guest has in addition to the common equipment. */
  readonly equipment?: Equipment;
  /** The image to boot, instead of the one for the equipment. */
  readonly image?: Image;
  /** Directory for the guest's sockets, made if missing. By default, a new one in the host's directory. */
  readonly directory?: string;
  /**
   * Whether the guest may continue from the kept state of one that has booted with the same hardware. By default, it
   * boots.
   */
  readonly mayContinue?: boolean;
  /** How long the guest's shell may take to answer. */
  readonly timeoutSeconds?: number;
}

/** The output of QEMU and of the guest's kernel. Every error includes its end. */
class Console {
  text = '';
  readonly #waiting = new Set<() => void>();

  /** Takes in what was printed. */
  hear(chunk: Buffer): void {
    this.text += chunk.toString();
    for (const look of this.#waiting) look();
  }

  /** Resolves when these words have been printed. */
  async says(words: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.text.includes(words)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  tail(): string {
    return `last words of the guest's console and of QEMU:\n${this.text.slice(-1500).trim()}`;
  }
}

/** A virtual machine with a Linux guest and no network device except those plugged in with {@link Guest.qmp}. */
export class Guest implements AsyncDisposable {
  /** The directory of the guest's sockets. */
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
    const { host, mayContinue = false, timeoutSeconds = 90 } = options;
    const image = options.image ?? (await guestImage(options.equipment));
    const directory = options.directory ?? (await mkdtemp(join(host.directory, 'guest-')));
    await mkdir(directory, { recursive: true });
    const console = new Console();
    const args = qemuArguments(image, directory, options);
    const state = mayContinue ? await keptState(image, args, [directory, host.directory]) : undefined;
    const isContinuing = state !== undefined && (await isKept(state));
    const more = isContinuing ? continuing(state) : [];
    const qemu = host.spawn(image.qemu?.program ?? 'qemu-system-x86_64', [...args, ...more], {
      reject: false,
      stdin: 'ignore',
      buffer: false,
    });
    qemu.stdout?.on('data', (chunk: Buffer) => {
      console.hear(chunk);
    });
    qemu.stderr?.on('data', (chunk: Buffer) => {
      console.hear(chunk);
    });
    try {
      const failed = new AbortController();
      const ready = isContinuing ? hasContinued(qmpSocket(directory), failed.signal) : console.says('guest is ready');
      await orFailure(ready, qemu, console, timeoutSeconds).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      });
      const qmp = await Qmp.connect(qmpSocket(directory));
      if (state !== undefined && !isContinuing) await keepState(qmp, state);
      const shell = await GuestShell.connect(shellSocket(directory));
      return new Guest(host, directory, shell, qmp, console, qemu);
    } catch (error) {
      const hasEnded = await Promise.race([qemu.then(() => true), Promise.resolve(false)]);
      const last = hasEnded ? '' : `\n${await stateOf(host, directory)}`;
      await end(host, directory, qemu);
      // It may be damaged, for example by a disk that was full: the next guest boots.
      if (isContinuing) await rm(state, { force: true });
      throw new Error(`${error instanceof Error ? error.message : String(error)}${last}`);
    }
  }

  /** Runs a script in the guest. Other scripts may be running. */
  async sh(script: string, timeoutSeconds?: number): Promise<GuestResult> {
    return this.shell.sh(script, timeoutSeconds).catch((error: unknown) => this.#explain(error));
  }

  /** Runs a script in the guest that must succeed, and returns its trimmed output. */
  async text(script: string, timeoutSeconds?: number): Promise<string> {
    return this.shell.text(script, timeoutSeconds).catch((error: unknown) => this.#explain(error));
  }

  /** Waits until a link of the guest accepts frames; see {@link untilCarries}. */
  async carries(link: string): Promise<void> {
    await this.text(untilCarries(link));
  }

  /** Runs a command of QEMU's control protocol; throws with QEMU's reason if it is refused. */
  qmp(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return this.#qmp.execute(command, args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.shell[Symbol.dispose]();
    // A QEMU that hangs does not answer; it only has to end.
    void this.#qmp.execute('quit').catch(() => undefined);
    await end(this.#host, this.directory, this.#qemu);
  }

  #explain(error: unknown): never {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\n${this.#console.tail()}`);
  }
}

/**
 * A script for the guest that waits until a link accepts frames. The guest's kernel may handle the carrier of a new card
 * up to a second after it has seen it (net/core/link_watch.c), and drops what is sent before.
 */
export function untilCarries(link: string): string {
  return `until read -r state <'/sys/class/net/${link}/operstate' && [ "$state" = up ]; do sleep 0.1; done`;
}

/** Waits until a guest is ready; fails if QEMU ends before, or after the time. */
async function orFailure(
  ready: Promise<unknown>,
  qemu: ResultPromise,
  console: Console,
  timeoutSeconds: number,
): Promise<void> {
  const inTime = new AbortController();
  const late = delay(timeoutSeconds * 1000, undefined, { signal: inTime.signal }).then(
    () => `the guest was not ready within ${timeoutSeconds} s`,
  );
  const ended = qemu.then(
    ({ exitCode, shortMessage }) =>
      `QEMU ended (exit code ${exitCode ?? 'none'}) before the guest was ready: ${shortMessage ?? ''}`,
  );
  // Otherwise its end would be an error that nobody handles.
  late.catch(() => undefined);
  const failure = await Promise.race([ready.then(() => undefined), late, ended]).finally(() => {
    inTime.abort();
  });
  if (failure !== undefined) throw new Error(`${failure}; ${console.tail()}`);
}

/**
 * The state of a QEMU whose guest does not become ready: its answers, and where its threads are. Only its registers
 * show whether an emulated processor is stuck or slow.
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

/** Waits for QEMU to end, and kills it if it does not. */
async function end(host: Machine, directory: string, qemu: ResultPromise): Promise<void> {
  const patience = new AbortController();
  const late = delay(3000, 'late', { signal: patience.signal }).catch(() => undefined);
  if ((await Promise.race([qemu, late])) === 'late') {
    // Kills QEMU by its process id in the host's namespace. The spawned process is the command that entered the
    // namespace: it stopped if QEMU was stopped, and must continue to see QEMU end.
    const pid = (await readFile(pidFile(directory), 'utf8').catch(() => '')).trim();
    if (pid !== '') await host.run('kill', ['-KILL', pid]);
    qemu.kill(pid === '' ? 'SIGKILL' : 'SIGCONT');
    await qemu;
  }
  patience.abort();
  for (const path of filesIn(directory)) await rm(path, { force: true });
  // The directory stays if it has files of others.
  await rmdir(directory).catch(() => undefined);
}
