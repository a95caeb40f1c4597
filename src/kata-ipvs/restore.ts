import { wait } from '../host/command.ts';
import { messageOf } from '../json/thrown.ts';
import { CniError } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';
import type { RunInSandbox } from './place/call.ts';
import { ruleFileText } from './rules/rule-file.ts';
import type { Rule } from './rules/rule.ts';
import { lines } from './program-output.ts';

/** The time limit for what works on all rules. An emulated processor needs ten seconds for 20,000 of them. */
const seconds = 300;

/** How often clearing a table is tried until it is empty, and the milliseconds between the attempts. */
const mostLooks = 5;
const pause = 200;

/**
 * Restores rules into an empty table with one `ipvsadm -R`: all of them, or none. Returns why it failed, or undefined.
 * Throws a `CniError` if a program cannot be run, and on interruption.
 *
 * `ipvsadm -R` continues after a rule that the kernel refuses, and its exit code is that of its last rule. Therefore
 * the table's rules are counted afterwards. If some are missing, the table, which was empty, is cleared again.
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

// Returns a text if they cannot be counted: the reason.
async function countRules(runInSandbox: RunInSandbox): Promise<number | string> {
  const { exitCode, stdout, stderr } = await runInSandbox({ program: 'ipvsadm', words: ['-S', '-n'], seconds });
  if (exitCode === 0) return lines(stdout).length;
  const output = lines(stderr).join('; ');
  return output === '' ? `ipvsadm -S ended with exit code ${exitCode}` : output;
}

// An interrupted ipvsadm may run on for a moment at the far end of a command that is gone, hence several attempts.
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
