import { lockDirectory } from '../../attach/directories.ts';
import { type ExitCode, exitCodes, type Terminal, type Words } from '../../command/command.ts';
import { heldLocks } from '../../node/locks.ts';
import { lockOf, lookAtAttachments } from '../../node/attachments/attachments.ts';
import { placeFaultText } from '../place-fault-text.ts';
import { painter } from '../text/paint.ts';
import { printable } from '../../command/printable.ts';
import { lookAtDetails } from './details.ts';
import { findSandbox } from './find-sandbox.ts';
import { report, toJson } from './report.ts';

/** Runs `dan show`: exit code 1 where no sandbox is meant, or several may be, and where a place could not be read. */
export async function show({ arguments: [asked = ''], switches }: Words, terminal: Terminal): Promise<ExitCode> {
  const { attachments, faults, cni } = await lookAtAttachments();
  for (const fault of faults) terminal.warn(`not everything could be read: ${printable(placeFaultText(fault))}\n`);
  const found = findSandbox(
    asked,
    attachments.map(({ item }) => item.identity.sandbox),
  );
  if ('why' in found) {
    terminal.warn(`dan show: ${found.why}\n`);
    return exitCodes.finding;
  }
  const id = found.sandbox;
  const its = attachments.filter(({ item }) => item.identity.sandbox === id);
  const sandbox = {
    id,
    lock: lockOf(id, heldLocks(lockDirectory)),
    attachments: await Promise.all(its.map((attachment) => lookAtDetails(attachment, cni))),
  };
  if (switches.has('json')) terminal.print(`${JSON.stringify(toJson(sandbox), null, 2)}\n`);
  else terminal.print(report(sandbox, painter(terminal.colours)));
  return faults.length > 0 ? exitCodes.finding : exitCodes.fine;
}
