import { strictText } from '#bytes';
import type { Finished } from '../host/command.ts';
import type { Parsed } from '../model/parsed.ts';
import { danError } from '../model/error.ts';
import { protocolError } from '../protocol/error.ts';
import { withoutMark } from '../json/object.ts';
import { type ExitCode, exitCodes, type Terminal, type CommandLine, WrongUse } from '../command/command.ts';
import { printable } from '../command/printable.ts';
import type { Call, RunInSandbox } from './place/call.ts';
import { placeOf } from './place/place.ts';
import { refuseOddSandbox } from './place/sandbox-name.ts';
import { restoreRules } from './restore.ts';
import { parseCleanup } from './rules/cleanup.ts';
import { splitWords } from './rules/options.ts';
import { parseRule } from './rules/rule.ts';
import { readRuleFile } from './rules/rule-file.ts';
import { shown } from './program-output.ts';

/** Seconds for one command. */
const seconds = 60;

/** The most bytes of a rule file that are read. The most rules allowed, with options written out, have fewer. */
const mostBytes = 4 * 1024 * 1024;

/** Runs `dan kata-ipvs`. */
export async function kataIpvs(words: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const [command = '', sandbox = ''] = words.arguments;
  refuseOddSandbox(sandbox);
  const runInSandbox = placeOf(words.values, sandbox, terminal);
  const runOne: RunOne = (call) => runInterruptibly(runInSandbox, { ...call, seconds }, terminal);
  if (command === 'cleanup') return await cleanup(words, terminal, runOne);
  if (command !== 'ipvsadm') {
    throw new WrongUse(`dan kata-ipvs: "${command}" is neither ipvsadm nor cleanup; see "dan kata-ipvs --help"`);
  }
  if (words.values.has('restore')) return await restore(words, terminal, runInSandbox);
  const rule = inParameters(words, (parameters) => parseRule(parameters, 'added'));
  return tell(await runOne({ program: 'ipvsadm', words: rule.words }), terminal);
}

/** Runs a program once. */
type RunOne = (call: Pick<Call, 'program' | 'words'>) => Promise<Finished>;

async function runInterruptibly(runInSandbox: RunInSandbox, call: Call, terminal: Terminal): Promise<Finished> {
  const interrupted = terminal.untilInterrupted?.();
  try {
    return await runInSandbox(interrupted === undefined ? call : { ...call, interrupted });
  } catch (error) {
    if (interrupted?.reason === undefined) throw error;
    throw danError('interrupted', `${interrupted.reason} came before ${call.program} ended: it may be done or not`);
  }
}

async function cleanup(words: CommandLine, terminal: Terminal, runOne: RunOne): Promise<ExitCode> {
  if (words.values.has('restore')) throw new WrongUse('dan kata-ipvs cleanup: it takes no --restore');
  const finished = await runOne({ program: 'conntrack', words: inParameters(words, parseCleanup) });
  // conntrack exits with 1 even if there was nothing to delete.
  const nothing = /\b0 flow entries have been deleted/.test(finished.stdout + finished.stderr);
  const { exitCode, stdout, stderr } = finished;
  // Even if it succeeds, conntrack writes the number of deleted entries to stderr.
  return tell(exitCode === 0 || nothing ? { exitCode: 0, stdout: stdout + stderr, stderr: '' } : finished, terminal);
}

async function restore({ values }: CommandLine, terminal: Terminal, runInSandbox: RunInSandbox): Promise<ExitCode> {
  if (values.has('parameters')) throw new WrongUse('dan kata-ipvs ipvsadm: give --parameters or --restore, not both');
  if (values.get('restore') !== '-') {
    throw new WrongUse('dan kata-ipvs ipvsadm: the rules come on stdin: --restore - SANDBOX < FILE');
  }
  const rules = readRuleFile(textOf(terminal.readInput(mostBytes)));
  if (!rules.ok) throw unreadable(`${rules.why}; nothing was changed`);
  const fault = await restoreRules(rules.value, runInSandbox, terminal.untilInterrupted?.());
  if (fault === undefined) return exitCodes.fine;
  terminal.warn(`dan kata-ipvs: nothing is restored: ${fault}\n`);
  return exitCodes.finding;
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > mostBytes) throw unreadable(`they have more than ${mostBytes} bytes`);
  const text = strictText(bytes);
  if (text === undefined) throw unreadable('they are not text in UTF-8');
  return withoutMark(text);
}

function unreadable(why: string) {
  return protocolError('undecodable-input', `the rules on stdin cannot be restored: ${printable(why)}`);
}

function inParameters<T>(
  { arguments: [command = ''], values }: CommandLine,
  parse: (words: readonly string[]) => Parsed<T>,
): T {
  const text = values.get('parameters');
  if (text === undefined)
    throw new WrongUse(`dan kata-ipvs ${command}: --parameters is missing; see "dan kata-ipvs --help"`);
  const parsed = parse(splitWords(text));
  if (parsed.ok) return parsed.value;
  throw new WrongUse(`dan kata-ipvs ${command}: ${printable(parsed.why)}; see "dan kata-ipvs --help"`);
}

function tell({ exitCode, stdout, stderr }: Finished, { print, warn }: Terminal): ExitCode {
  print(shown(stdout));
  warn(shown(stderr));
  if (exitCode === 0) return exitCodes.fine;
  if (stdout + stderr === '')
    warn(`dan kata-ipvs: the command failed with exit code ${exitCode} and did not say why\n`);
  return exitCodes.finding;
}
