import { system } from '#system';
import { isOutOfMemory, outOfMemory } from '../json/thrown.ts';
import { CniError, protocolError } from '../protocol/error.ts';
import { version } from './about.ts';
import { type ExitCode, exitCodes, type Terminal, WrongUse } from '../command/command.ts';
import { type Asked, readArguments } from './arguments.ts';
import { commands } from './commands.ts';
import { helpFor, helpForSome } from './help.ts';

/** Runs a command line, without the program's name. Never throws: a failure goes to stderr and into the exit code. */
export async function runLine(line: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await answer(readArguments(line, commands), terminal);
  } catch (error) {
    terminal.warn(`${describe(error)}\n`);
    return error instanceof WrongUse ? exitCodes.wrongUse : exitCodes.finding;
  }
}

async function answer(asked: Asked, terminal: Terminal): Promise<ExitCode> {
  switch (asked.do) {
    case 'version':
      terminal.print(`dan ${version}\n`);
      return exitCodes.fine;
    case 'help':
      terminal.print('name' in asked.about ? helpFor(asked.about) : helpForSome(asked.about, commands));
      return exitCodes.fine;
    case 'run':
      return await (await asked.command.load())(asked.words, terminal, commands);
    default:
      return asked satisfies never;
  }
}

function describe(error: unknown): string {
  if (error instanceof WrongUse) return error.message;
  if (error instanceof CniError) {
    const details = error.details === undefined ? '' : `\n${error.details}`;
    return `dan: ${error.message} [${error.name}]${details}`;
  }
  if (isOutOfMemory(error)) return describe(protocolError('too-much-memory', outOfMemory));
  const where = error instanceof Error ? system.trace(error) : String(error);
  return `this is a bug in dan; please report it\n${where}`;
}
