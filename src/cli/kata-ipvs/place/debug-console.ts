import type { Finished } from '../../../host/program/program.ts';
import { isExecutable } from '../../../host/tools.ts';
import { danError } from '../../../model/error.ts';
import { programOf } from '../../../node/programs.ts';
import type { Call } from './call.ts';
import { wholeSandboxId } from './sandbox-name.ts';
import { runInShell } from './terminal-shell.ts';

const node = { root: '/' } as const;

/** Where Kata's own packages have it; that is no directory in which a service looks for programs. */
const packaged = '/opt/kata/bin/kata-runtime';

/**
 * Runs a program through Kata's debug console: a shell in the guest, whose network is the sandbox's. Throws
 * `command-missing`, `command-failed` and `command-timeout`.
 */
export function runInConsole(sandbox: string, call: Call): Promise<Finished> {
  const id = wholeSandboxId(sandbox, node);
  // `kata-runtime exec` ends at once where none of its files is a terminal (console.Current() of containerd/console).
  const script = programPath('script', 'the package bsdutils, or util-linux');
  const command = `${isExecutable(packaged) ? packaged : programPath('kata-runtime', 'Kata, or give --netns or --exec')} exec ${id}`;
  return runInShell({ name: `the debug console of the sandbox ${id}`, script, command }, call);
}

function programPath(name: string, from: string): string {
  const path = programOf(node, name);
  if (path !== undefined) return path;
  throw danError('command-missing', `the program "${name}" is not on this node: install ${from}`);
}
