import { text as decoded } from '#bytes';
import { inputLimit } from '../../protocol/input.ts';
import { type ExitCode, exitCodes, type Terminal, type Words, WrongUse } from '../../command/command.ts';
import { painter } from '../text/paint.ts';
import { findKnown, type Known, nearName } from './find.ts';
import { plainText } from './plain-text.ts';
import { describe, toJson } from './report.ts';

/** Runs `dan explain`: exit code 1 where nothing is known. */
export function explain({ arguments: words, switches }: Words, terminal: Terminal): ExitCode {
  const text = plainText(words.length === 1 && words[0] === '-' ? readAll(terminal) : words.join(' '));
  if (text === '') throw new WrongUse('dan explain: there is no text to explain; see "dan explain --help"');
  const known = findKnown(text);
  if (switches.has('json')) terminal.print(`${JSON.stringify({ known: known.map(toJson) }, null, 2)}\n`);
  else if (known.length > 0) terminal.print(told(known, terminal));
  if (known.length > 0) return exitCodes.fine;
  terminal.warn(`${unknown(text)}\n`);
  return exitCodes.finding;
}

function told(known: readonly Known[], { colours }: Terminal): string {
  const paint = painter(colours);
  return known.map((one) => `${describe(one, paint)}\n`).join('\n');
}

function readAll(terminal: Terminal): string {
  const bytes = terminal.readInput();
  if (bytes.length <= inputLimit) return decoded(bytes);
  throw new WrongUse(`dan explain: standard input has more than ${inputLimit} bytes: pass the lines about one pod`);
}

function unknown(text: string): string {
  const advice =
    '"dan doctor" looks for what would keep DAN pods from starting on this node, and the runtime’s log ' +
    '("journalctl -u containerd") may have more of the message';
  if (/^\d+$/.test(text)) return `dan explain: dan has no error with the code ${text}; another plugin may. ${advice}.`;
  const near = /^[\w-]+$/.test(text) ? nearName(text) : undefined;
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return `dan explain: nothing in this text is known.${meant} ${advice}.`;
}
