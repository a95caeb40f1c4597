import { execa, type Options, type ResultPromise } from 'execa';
import type { Finished } from '../harness/starter.ts';

/** Where QEMU runs: a test host ({@link Host} is one), or the namespaces of this process. */
export interface Machine {
  /** A directory for sockets, with the same path for QEMU and for this process. */
  readonly directory: string;
  /** Starts a command that does not outlive this process. */
  spawn(command: string, args: readonly string[], options?: Options): ResultPromise;
  /** Runs a command to its end, whatever its exit code. */
  run(command: string, args: readonly string[], options?: { readonly input?: string }): Promise<Finished>;
}

/** The namespaces of this process, for a program that was started inside a test host. */
export class OwnMachine implements Machine {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  spawn(command: string, args: readonly string[], options: Options = {}): ResultPromise {
    // When this process is killed in any way, the command ends, too.
    const tied = ['--pdeathsig', 'KILL', '--', command, ...args];
    // execa's return type depends on options that are not known here.
    return execa('setpriv', tied, options) as unknown as ResultPromise;
  }

  async run(command: string, args: readonly string[], { input }: { readonly input?: string } = {}): Promise<Finished> {
    const options: Options = { reject: false, stripFinalNewline: false, ...(input === undefined ? {} : { input }) };
    const { exitCode, stdout, stderr } = await this.spawn(command, args, options);
    return { exitCode: exitCode ?? -1, stdout: String(stdout), stderr: String(stderr) };
  }
}
