import { wait } from '../host/command.ts';
import { CniError, messageOf } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';
import type { RunInSandbox } from './place/call.ts';
import { ruleFileText } from './rules/rule-file.ts';
import type { Rule } from './rules/rule.ts';
import { lines } from './program-output.ts';

/** Seconds for what works on all rules: an emulated processor needs ten for 20,000 of them. */
const seconds = 300;

/** How often a table is cleared until it is empty, and milliseconds between. */
const mostLooks = 5;
const pause = 200;

/**
 * Restores rules into a table that is empty, with one `ipvsadm -R`: all of them, or none. Gives why it was not done.
 * Throws a `CniError` where a program cannot be run, and where it is interrupted.
 *
 * `ipvsadm -R` goes on after a rule that the kernel refuses, and ends as its last one does: so what the table holds
 * afterwards is counted. What was taken is cleared again, for the table was empty.
 */
export async function restoreRules(
  rules: readonly Rule[],
  runInSandbox: RunInSandbox,
  interrupted?: Interruption,
): Promise<string | undefined> {
  const before = await countRules(runInSandbox);
  if (typeof before === 'string') return before;
  if (before > 0) {
    return `the sandbox holds ${before} rule${before === 1 ? '' : 's'}, and it must hold none: delete its services first; nothing was changed`;
  }
  try {
    const { exitCode, stdout, stderr } = await runInSandbox({
      ...{ program: 'ipvsadm', words: ['-R'], seconds, input: ruleFileText(rules) },
      ...(interrupted === undefined ? {} : { interrupted }),
    });
    const after = await countRules(runInSandbox);
    if (exitCode === 0 && after === rules.length) return undefined;
    const count = typeof after === 'string' ? 0 : after;
    const output = [...new Set(lines(stderr + stdout))].slice(0, 5).join('; ');
    return `${count} of ${rules.length} rules were taken (${output === '' ? 'ipvsadm did not say why' : output}); ${await clear(runInSandbox)}`;
  } catch (error) {
    if (error instanceof CniError) throw error.withDetails([await clear(runInSandbox)]);
    throw error;
  }
}

// A text says why they cannot be counted.
async function countRules(runInSandbox: RunInSandbox): Promise<number | string> {
  const { exitCode, stdout, stderr } = await runInSandbox({ program: 'ipvsadm', words: ['-S', '-n'], seconds });
  if (exitCode === 0) return lines(stdout).length;
  const output = lines(stderr).join('; ');
  return output === '' ? `ipvsadm -S ended with exit code ${exitCode}` : output;
}

// What was interrupted may go on for a moment where it runs, behind a command that is gone: hence more than one look.
async function clear(runInSandbox: RunInSandbox): Promise<string> {
  let fault = '';
  for (let looks = 0; looks < mostLooks; looks++) {
    if (looks > 0) await wait(pause);
    try {
      const { exitCode, stderr } = await runInSandbox({ program: 'ipvsadm', words: ['-C'], seconds });
      if (exitCode === 0 && (await countRules(runInSandbox)) === 0) return 'the table is empty again';
      fault = lines(stderr).join('; ');
    } catch (error) {
      fault = messageOf(error);
    }
  }
  return `some rules may be left in the sandbox${fault === '' ? '' : `: ${fault}`}`;
}
