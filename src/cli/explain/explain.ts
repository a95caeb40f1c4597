import { text as decoded } from '#bytes';
import { type ExitCode, exitCodes, type Terminal, type CommandLine, WrongUse } from '../../command/command.ts';
import { inputLimit } from '../../protocol/input.ts';
import { type Paint, painter } from '../text/paint.ts';
import { width, wrap } from '../text/wrap.ts';
import { findKnown, nearName, plainText } from './find.ts';
import type { ErrorRow, MessageRow } from './texts.ts';

/** Runs `dan explain`: exit code 1 if nothing is known. */
export function explain({ arguments: words, switches }: CommandLine, terminal: Terminal): ExitCode {
  const text = plainText(words.length === 1 && words[0] === '-' ? readAll(terminal) : words.join(' '));
  if (text === '') throw new WrongUse('dan explain: there is no text to explain; see "dan explain --help"');
  const known = findKnown(text);
  const paint = painter(terminal.colours);
  if (switches.has('json')) terminal.print(`${JSON.stringify({ known: known.map(toJson) }, null, 2)}\n`);
  else terminal.print(several(text, known.length) + known.map((one) => `${describe(one, paint)}\n`).join('\n'));
  if (known.length > 0) return exitCodes.fine;
  terminal.warn(`${unknown(text)}\n`);
  return exitCodes.finding;
}

// A person who has only the code reads a dozen explanations otherwise.
function several(text: string, count: number): string {
  if (count < 2 || !/^\d+$/.test(text)) return '';
  const which = `${count} errors have the code ${text}. The name in brackets at the end of the message says which one it is.`;
  return `${wrap(which, width)}\n\n`;
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

/** What is known about one error, for a person. */
function describe(row: ErrorRow | MessageRow, paint: Paint): string {
  const title =
    'code' in row
      ? `${paint('bad', row.name)} (${row.code}), an error of dan`
      : `${paint('bad', row.says[0] ?? '')}\n${paint('faint', `${row.name}, a message of ${row.from}`)}`;
  const part = (label: 'cause' | 'cure' | 'meaning'): string => {
    const text = wrap(withPaths(row[label]), width, '         ').trimStart();
    return `${paint('strong', `${label}:`.padEnd(9))}${text}`;
  };
  return [title, part('meaning'), part('cause'), part('cure')].join('\n');
}

/** What is known about one error, for a program. */
function toJson(row: ErrorRow | MessageRow): object {
  const [meaning, cause, cure] = [row.meaning, row.cause, row.cure].map(withPaths);
  const what = 'code' in row ? { code: row.code, from: 'dan' } : { from: row.from, says: row.says };
  return { name: row.name, ...what, meaning, cause, cure };
}

// Replaces links between pages of the documentation.
function withPaths(text: string): string {
  return text.replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 (docs/$2)');
}
