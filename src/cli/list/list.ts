import { type ExitCode, exitCodes, type Terminal, type CommandLine } from '../../command/command.ts';
import { printable } from '../../command/printable.ts';
import { type Attachment, isSettled, lookAtAttachments } from '../../node/attachments/attachments.ts';
import { placeFaultText } from '../node-texts.ts';
import { painter } from '../text/paint.ts';
import { inPieces } from '../text/pieces.ts';
import { describe, type Described, summarize } from './described.ts';
import { jsonLines } from './json.ts';
import { paragraphs } from './paragraphs.ts';
import { table } from './table.ts';

/** Runs `dan list`: exit code 1 if a place could not be read, or if `--orphans` finds something. */
export async function list({ switches }: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const { attachments, faults, cni } = await lookAtAttachments();
  const unread = faults.map(placeFaultText);
  const orphans = switches.has('orphans');
  const shown = orphans ? attachments.filter(({ standing }) => !isSettled(standing)) : attachments;
  const described = (): Iterable<Described> => each(shown, (one) => describe(one, cni));
  const print = (lines: Iterable<string>): void => {
    for (const text of inPieces(lines)) terminal.print(text);
  };
  if (switches.has('json')) {
    print(jsonLines(described(), unread));
  } else {
    const none = orphans ? 'Nothing is left over: the parts of each attachment match.' : 'No sandbox is attached.';
    const paint = painter(terminal.colours);
    if (shown.length === 0) print([none]);
    else print(orphans ? paragraphs(described(), paint) : table(each(shown, summarize), paint));
    for (const fault of unread) terminal.warn(`not everything could be read: ${printable(fault)}\n`);
  }
  return unread.length > 0 || (orphans && shown.length > 0) ? exitCodes.finding : exitCodes.fine;
}

// Each is described when it is its turn: the texts of thousands need much memory.
function* each<T>(attachments: readonly Attachment[], form: (one: Attachment) => T): Generator<T> {
  for (const one of attachments) yield form(one);
}
