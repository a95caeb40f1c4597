import { type ExitCode, exitCodes, type Terminal, type Words } from '../../command/command.ts';
import { placeFaultText } from '../place-fault-text.ts';
import { painter } from '../text/paint.ts';
import { printable } from '../../command/printable.ts';
import { lookAtAttachments } from '../../node/attachments/attachments.ts';
import { describe, type Described } from './described.ts';
import { paragraphs, table } from './table.ts';

/** Runs `dan list`: exit code 1 where a place could not be read, and where `--orphans` finds something. */
export async function list({ switches }: Words, terminal: Terminal): Promise<ExitCode> {
  const { attachments, faults, cni } = await lookAtAttachments();
  const unread = faults.map(placeFaultText);
  const all = attachments.map((attachment) => describe(attachment, cni));
  const orphans = switches.has('orphans');
  const shown = orphans ? all.filter(({ state }) => state !== 'attached' && state !== 'changing') : all;
  if (switches.has('json')) {
    terminal.print(`${JSON.stringify({ attachments: shown, unread }, null, 2)}\n`);
  } else {
    terminal.print(`${told(shown, orphans, terminal)}\n`);
    for (const fault of unread) terminal.warn(`not everything could be read: ${printable(fault)}\n`);
  }
  return unread.length > 0 || (orphans && shown.length > 0) ? exitCodes.finding : exitCodes.fine;
}

function told(shown: readonly Described[], orphans: boolean, { colours }: Terminal): string {
  const paint = painter(colours);
  if (orphans) return shown.length === 0 ? 'The parts of all attachments fit.' : paragraphs(shown, paint);
  return shown.length === 0 ? 'No sandbox is attached.' : table(shown, paint);
}
