import { text } from '#bytes';
import { danError } from '../../model/error.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import type { CommandOptions } from '../program/program.ts';
import { type FinishedWithBytes, runForBytes } from './program.ts';

/**
 * Runs `ip` or `tc` with `-j` and returns what it printed: the objects of all its answers, in one list an answer.
 * What does not exist is left out; any other complaint throws `command-failed`.
 */
export async function runForJson(
  path: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<readonly (readonly JsonObject[])[]> {
  const { exitCode, stdout, stderr } = await runToRead(path, args, options);
  const unexpected = stderr.split('\n').filter((line) => line !== '' && !isAboutMissing(line));
  // One that was killed has not looked at everything, whatever it said before.
  if (exitCode < 0 || (exitCode !== 0 && stderr === '') || unexpected.length > 0) {
    const said = unexpected.join('; ');
    const what = `"${path} ${args.join(' ')}" ended with ${exitCode}`;
    throw danError('command-failed', `${what} and said: ${said === '' ? 'nothing' : said}`);
  }
  // In a batch, every line's answer is a JSON array on a line of its own.
  const lines = text(stdout)
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as unknown[]).filter(isObject));
}

/** How often a dump is read again; on a busy node, two in a row are rare. */
const rereads = 20;

/**
 * Runs `ip` or `tc` to read something. When other links come or go meanwhile, the kernel marks the answer as possibly
 * inconsistent (NLM_F_DUMP_INTR of linux/netlink.h); then it is read again.
 */
export async function runToRead(
  path: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<FinishedWithBytes> {
  for (let left = rereads; ; left -= 1) {
    const finished = await runForBytes(path, args, options);
    if (left === 0 || !finished.stderr.includes('Dump was interrupted')) return finished;
  }
}

function isAboutMissing(line: string): boolean {
  return (
    /^Device "[^"]*" does not exist\.$|^Cannot find device "[^"]*"$|^Command failed -:\d+$/.test(line) ||
    /^Error: argument "[^"]*" is wrong: Device does not exist$/.test(line)
  );
}
