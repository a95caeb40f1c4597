import { run } from '../host/command.ts';
import { findProgram } from '../host/tools.ts';
import type { Tree } from '../host/tree.ts';
import { isLive } from './paths.ts';

/** Where a node's services look for programs: systemd's PATH, and Debian's. What an operator built comes first there. */
const servicePath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** A program that a service of the node would start, as the node calls it; undefined where no service would find it. */
export function programOf(tree: Tree, name: string): string | undefined {
  return findProgram(name, tree, servicePath);
}

/** Seconds that a program may take to tell its version. */
const timeoutSeconds = 5;

/**
 * Asks a program for what `--version` prints that fits a pattern, by its first group. Undefined where it cannot be
 * asked: the node is only mounted here, there is no program, or it says something else.
 */
export async function versionOf(tree: Tree, program: string | undefined, pattern: RegExp): Promise<string | undefined> {
  const output = await versionOutput(tree, program);
  return output === undefined ? undefined : pattern.exec(output)?.[1];
}

/** What a program prints when it is asked for its version; undefined where it cannot be asked. */
export async function versionOutput(tree: Tree, program: string | undefined): Promise<string | undefined> {
  return program === undefined || !isLive(tree) ? undefined : await outputOf(program, ['--version']);
}

/** What a program of this system prints; undefined where it is missing, or fails. */
export async function answerOf(name: string, ...args: readonly string[]): Promise<string | undefined> {
  const program = findProgram(name, { root: '/' });
  return program === undefined ? undefined : await outputOf(program, args);
}

async function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, exitCode } = await run(program, args, { timeoutSeconds, group: true });
    return exitCode === 0 ? stdout : undefined;
  } catch {
    return undefined;
  }
}
