import { run } from '../../../host/command.ts';
import type { Finished } from '../../../host/program/program.ts';
import { withNetns } from '../../../host/netns.ts';
import { podNetns } from '../../../host/site.ts';
import { toolPath } from '../../../host/tools.ts';
import { danError } from '../../../model/error.ts';
import { protocolError } from '../../../protocol/error.ts';
import { programOf } from '../../../node/programs.ts';
import type { Call } from './call.ts';

/**
 * Runs the node's own program in a network namespace. Throws `invalid-netns` where the path leads to none, and
 * `command-missing`.
 */
export async function runInNetns(
  path: string,
  { program, words, input = '', seconds, ...call }: Call,
): Promise<Finished> {
  const found = programOf({ root: '/' }, program);
  if (found === undefined) {
    throw danError('command-missing', `the program "${program}" is not on this node: install the package ${program}`);
  }
  return await withNetns(path, async (descriptor) => {
    if (descriptor === undefined) {
      throw protocolError(
        'invalid-netns',
        `--netns ${path} leads to no network namespace; "ip netns" lists those with names`,
      );
    }
    const args = [`--net=${podNetns}`, '--', found, ...words];
    return await run(toolPath('nsenter'), args, { descriptor, input, timeoutSeconds: seconds, ...call });
  });
}
