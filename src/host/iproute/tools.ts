import { isObject, type JsonObject } from '../../json/object.ts';
import { danError } from '../../model/error.ts';
import type { Where } from '../../model/operation.ts';
import type { Tool } from '../../model/tool.ts';
import type { CniError } from '../../protocol/error.ts';
import { type CommandOptions, type Finished, run } from '../command.ts';
import { commandIn, type Site } from '../site.ts';

/** Further inputs of a tool. */
type More = Pick<CommandOptions, 'encoding' | 'group' | 'input' | 'inputFile'>;

/** Where and how a tool is run. */
type ToolRun = readonly [where: Where, site: Site, tool: Tool, args: readonly string[], more?: More];

/** The answers of `ip` or `tc`: one list of objects per answer. */
export type Answers = readonly (readonly JsonObject[])[];

/** Runs a tool in a namespace to its end. An exit code is a value, not an error. Throws like `run`. */
export async function runIn(...[where, site, tool, args, more]: ToolRun): Promise<Finished> {
  const [path, words, options] = commandIn(where, site, tool, args);
  return await runToRead(path, words, { ...options, ...more, timeoutSeconds: site.timeoutSeconds });
}

/** Runs a tool in a namespace and returns its output. Throws `command-failed` unless it succeeds. */
export async function mustIn(...all: ToolRun): Promise<string> {
  const finished = await runIn(...all);
  if (finished.exitCode === 0) return finished.stdout;
  const [where, , tool, args] = all;
  throw failure(`${tool} ${args.join(' ')}`, where, finished);
}

/** Runs `ip`, `tc` or `bridge` with `-j` in a namespace, like {@link runForJson}. */
export async function askIn(...[where, site, tool, args, more]: ToolRun): Promise<Answers> {
  const [path, words, options] = commandIn(where, site, tool, args);
  return await runForJson(path, words, { ...options, ...more, timeoutSeconds: site.timeoutSeconds });
}

/**
 * Runs a program that prints JSON: for each answer, one line with an array of objects. Missing objects are left out;
 * any other complaint throws `command-failed`.
 */
export async function runForJson(path: string, args: readonly string[], options: CommandOptions): Promise<Answers> {
  const { exitCode, stdout, stderr } = await runToRead(path, args, options);
  const unexpected = stderr.split('\n').filter((line) => line !== '' && !isAboutMissing(line));
  // A killed program has not looked at everything, whatever it printed before.
  if (exitCode < 0 || (exitCode !== 0 && stderr === '') || unexpected.length > 0) {
    throw failure(`${path} ${args.join(' ')}`, 'host', { exitCode, stderr: unexpected.join('\n') });
  }
  const lines = stdout.split('\n');
  return lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as unknown[]).filter(isObject));
}

/** The error for a program that failed: its output, and how it ended. */
export function failure(
  command: string,
  where: Where,
  { exitCode, stderr }: Pick<Finished, 'exitCode' | 'stderr'>,
  limit = '',
): CniError {
  const said = stderr.trim().replaceAll('\n', '; ');
  const what = `"${command}"${where === 'pod' ? " in the pod's namespace" : ''}`;
  return danError(
    'command-failed',
    `${what} ended with ${exitCode} and said: ${said === '' ? 'nothing' : said}${limit}`,
  );
}

/** How often a dump is read again. On a busy node, two in a row are rarely interrupted. */
const rereads = 20;

// If links change during a dump, the kernel marks it as possibly inconsistent (NLM_F_DUMP_INTR of linux/netlink.h). It
// is then read again.
async function runToRead(path: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  for (let left = rereads; ; left -= 1) {
    const finished = await run(path, args, options);
    if (left === 0 || !finished.stderr.includes('Dump was interrupted')) return finished;
  }
}

function isAboutMissing(line: string): boolean {
  return (
    /^Device "[^"]*" does not exist\.$|^Cannot find device "[^"]*"$|^Command failed -:\d+$/.test(line) ||
    /^Error: argument "[^"]*" is wrong: Device does not exist$/.test(line)
  );
}
