import { type Terminal, WrongUse } from '../../command/command.ts';
import { givenPath } from '../../command/given-path.ts';
import { type Finished, run } from '../../host/command.ts';
import { withNetns } from '../../host/netns.ts';
import { podNetns } from '../../host/site.ts';
import { isExecutable, toolPath } from '../../host/tools.ts';
import { danError } from '../../model/error.ts';
import { programOf } from '../../node/programs.ts';
import { protocolError } from '../../protocol/error.ts';
import type { Call, RunInSandbox } from './call.ts';
import { wholeSandboxId } from './sandbox-name.ts';
import { runInShell } from './terminal-shell.ts';

const node = { root: '/' } as const;

/** Where Kata's own packages install it. Services do not look for programs there. */
const packagedRuntime = '/opt/kata/bin/kata-runtime';

/** Chooses where programs run: in a network namespace, through a command, or else in the sandbox's debug console. */
export function placeOf(
  values: ReadonlyMap<string, string>,
  sandbox: string,
  terminal: Pick<Terminal, 'directory'>,
): RunInSandbox {
  const netns = values.get('netns');
  const command = values.get('exec');
  if (netns !== undefined && command !== undefined) {
    throw new WrongUse('dan kata-ipvs: --netns and --exec are two places to run in: give one');
  }
  if (netns !== undefined) return (call) => runInNetns(givenPath(netns, terminal), call);
  if (command !== undefined) return (call) => runThrough(command, terminal, call);
  return (call) => runInConsole(sandbox, call);
}

/**
 * Runs the node's own program in a network namespace. Throws `invalid-netns` if the path leads to no namespace, and
 * `command-missing`.
 */
async function runInNetns(path: string, { program, words, ...call }: Call): Promise<Finished> {
  const found = programPath(program, `the package ${program}`);
  return await withNetns(path, async (descriptor) => {
    if (descriptor === undefined) {
      throw protocolError(
        'invalid-netns',
        `--netns ${path} leads to no network namespace; "ip netns" lists those with names`,
      );
    }
    const args = [`--net=${podNetns}`, '--', found, ...words];
    return await run(toolPath('nsenter'), args, { descriptor, ...optionsOf(call) });
  });
}

/** Runs a program through the operator's command, which gets it as further arguments. Throws `command-missing`. */
export async function runThrough(
  command: string,
  terminal: Pick<Terminal, 'directory'>,
  { program, words, ...call }: Call,
): Promise<Finished> {
  const [name = '', ...args] = splitCommand(command);
  const path = name.includes('/') ? givenPath(name, terminal) : programOf(node, name);
  if (path === undefined) {
    throw danError('command-missing', `the program "${name}" of --exec is in no directory of programs: give its path`);
  }
  return await run(path, [...args, program, ...words], optionsOf(call));
}

function optionsOf({ input = '', seconds: timeoutSeconds, ...call }: Omit<Call, 'program' | 'words'>) {
  return { input, timeoutSeconds, ...call };
}

/**
 * Splits a command into words at white space. Single or double quotes keep a word together. Nothing else is special,
 * and no shell is involved. Throws `WrongUse` if there are no words or a quote is not closed.
 */
export function splitCommand(command: string): readonly string[] {
  const word = /(?:[^\s'"]|'[^']*'|"[^"]*")+/g;
  const parts = command.match(word) ?? [];
  if (command.replace(word, '').trim() !== '') {
    throw new WrongUse(`dan kata-ipvs: --exec ${command}: a quote is not closed`);
  }
  if (parts.length === 0) throw new WrongUse('dan kata-ipvs: --exec is empty: give a command, such as "ssh node"');
  return parts.map((part) => part.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

/**
 * Runs a program through Kata's debug console: a shell in the guest, which has the sandbox's network. Throws
 * `command-missing`, `command-failed` and `command-timeout`.
 */
function runInConsole(sandbox: string, call: Call): Promise<Finished> {
  const id = wholeSandboxId(sandbox, node);
  // `kata-runtime exec` exits at once if none of its streams is a terminal (console.Current() of containerd/console).
  const script = programPath('script', 'the package bsdutils, or util-linux');
  const runtime = isExecutable(packagedRuntime)
    ? packagedRuntime
    : programPath('kata-runtime', 'Kata, or give --netns or --exec');
  return runInShell({ name: `the debug console of the sandbox ${id}`, script, command: [runtime, 'exec', id] }, call);
}

function programPath(name: string, from: string): string {
  const path = programOf(node, name);
  if (path !== undefined) return path;
  throw danError('command-missing', `the program "${name}" is not on this node: install ${from}`);
}
