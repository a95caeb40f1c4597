import { run } from '../host/command.ts';
import { findProgram } from '../host/tools.ts';
import type { Tree } from '../host/tree.ts';
import { isLive } from './paths.ts';

/** Where a node's services look for programs: systemd's PATH, and Debian's. Locally built programs come first. */
const servicePath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** The path on the node of the program that a service would start; undefined if no service would find it. */
export function programOf(tree: Tree, name: string): string | undefined {
  return findProgram(name, tree, servicePath);
}

/** Seconds that a program may take to print its version. */
const timeoutSeconds = 5;

/**
 * The first group of a pattern in a program's `--version` output. undefined if the program cannot be run (the node is
 * only mounted here, or there is no program) or its output does not match.
 */
export async function versionOf(tree: Tree, program: string | undefined, pattern: RegExp): Promise<string | undefined> {
  const output = await versionOutput(tree, program);
  return output === undefined ? undefined : pattern.exec(output)?.[1];
}

/** A program's `--version` output; undefined if it cannot be run. */
export async function versionOutput(tree: Tree, program: string | undefined): Promise<string | undefined> {
  return program === undefined || !isLive(tree) ? undefined : await outputOf(program, ['--version']);
}

/** What a program of this system prints; undefined if it is missing or fails. */
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
