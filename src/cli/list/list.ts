import { type ExitCode, exitCodes, type Terminal, type CommandLine } from '../../command/command.ts';
import { printable } from '../../command/printable.ts';
import { lookAtAttachments } from '../../node/attachments/attachments.ts';
import { placeFaultText } from '../node-texts.ts';
import { columns } from '../text/columns.ts';
import { type Paint, painter } from '../text/paint.ts';
import { advice } from '../text/wrap.ts';
import { describe, type Described, stateText } from './described.ts';

/** Runs `dan list`: exit code 1 if a place could not be read, or if `--orphans` finds something. */
export async function list({ switches }: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const { attachments, faults, cni } = await lookAtAttachments();
  const unread = faults.map(placeFaultText);
  const all = attachments.map((attachment) => describe(attachment, cni));
  const orphans = switches.has('orphans');
  const shown = orphans ? all.filter(({ state }) => state !== 'attached' && state !== 'changing') : all;
  if (switches.has('json')) {
    terminal.print(`${JSON.stringify({ attachments: shown, unread }, null, 2)}\n`);
  } else {
    const none = orphans ? 'Nothing is left over: the parts of each attachment match.' : 'No sandbox is attached.';
    const report = orphans ? paragraphs : table;
    terminal.print(`${shown.length === 0 ? none : report(shown, painter(terminal.colours))}\n`);
    for (const fault of unread) terminal.warn(`not everything could be read: ${printable(fault)}\n`);
  }
  return unread.length > 0 || (orphans && shown.length > 0) ? exitCodes.finding : exitCodes.fine;
}

/** Attachments as a table with a heading. Pure. */
export function table(attachments: readonly Described[], paint: Paint): string {
  const ids = attachments.map(({ sandbox }) => sandbox);
  const heading = ['SANDBOX', 'NETWORK', 'IFNAME', 'DEVICE', 'LINK', 'ADDRESSES', 'STATE'];
  const rows = attachments.map((one) => {
    const { sandbox, network, ifname, device = '-', link } = one;
    const addresses = one.addresses.length === 0 ? '-' : one.addresses.join(',');
    const cells = [shortId(sandbox, ids), network, ifname, device, link, addresses];
    return [...cells.map(printable), stateText(one, paint)];
  });
  return columns([heading.map((word) => paint('strong', word)), ...rows]);
}

/** What is left of inconsistent attachments, and what to do, one paragraph each. Pure. */
export function paragraphs(attachments: readonly Described[], paint: Paint): string {
  const paragraph = (one: Described): string => {
    const { sandbox, network, ifname, left, cure = '' } = one;
    return [
      `${printable(ifname)} of sandbox ${printable(sandbox)} in network ${printable(network)}: ${stateText(one, paint)}`,
      `  left: ${left.length === 0 ? 'nothing' : printable(left.join('; '))}`,
      advice(`fix: ${cure}`, '  '),
    ].join('\n');
  };
  return attachments.map(paragraph).join('\n\n');
}

/** The least characters of a container id that are shown, as in crictl. */
const shortest = 13;

/** As much of an id as is needed to distinguish it from the others. Pure. */
export function shortId(id: string, others: readonly string[]): string {
  for (let length = shortest; length < id.length; length += 1) {
    const prefix = id.slice(0, length);
    if (others.every((other) => other === id || !other.startsWith(prefix))) return prefix;
  }
  return id;
}
