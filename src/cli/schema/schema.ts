import { type ExitCode, exitCodes, type Terminal, type Words } from '../../command/command.ts';
import { pluginSchema } from './json-schema.ts';

/** Runs `dan schema`. */
export function schema(_words: Words, { print }: Terminal): ExitCode {
  print(`${JSON.stringify(pluginSchema(), null, 2)}\n`);
  return exitCodes.fine;
}
