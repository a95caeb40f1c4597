import { type ExitCode, exitCodes, type Terminal, type CommandLine } from '../../command/command.ts';
import { printable } from '../../command/printable.ts';
import { lookAtAttachments } from '../../node/attachments/attachments.ts';
import { placeFaultText } from '../node-texts.ts';
import { columnLines } from '../text/columns.ts';
import { type Paint, painter } from '../text/paint.ts';
import { advice } from '../text/wrap.ts';
import { describe, type Described, isWhole, stateText } from './described.ts';

/** Runs `dan list`: exit code 1 if a place could not be read, or if `--orphans` finds something. */
export async function list({ switches }: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const { attachments, faults, cni } = await lookAtAttachments();
  const unread = faults.map(placeFaultText);
  const orphans = switches.has('orphans');
  const shown = orphans ? attachments.filter(({ standing }) => !isWhole(standing)) : attachments;
  // Each is described when it is its turn: the texts of thousands need much memory.
  const described = function* (): Generator<Described> {
    for (const one of shown) yield describe(one, cni);
  };
  if (switches.has('json')) {
    printJson(described(), unread, terminal);
  } else {
    const none = orphans ? 'Nothing is left over: the parts of each attachment match.' : 'No sandbox is attached.';
    const report = orphans ? paragraphs : table;
    const lines = shown.length === 0 ? [none] : report(described(), painter(terminal.colours));
    for (const text of inPieces(lines)) terminal.print(text);
    for (const fault of unread) terminal.warn(`not everything could be read: ${printable(fault)}\n`);
  }
  return unread.length > 0 || (orphans && shown.length > 0) ? exitCodes.finding : exitCodes.fine;
}

// As JSON.stringify with two spaces would print the whole.
function printJson(attachments: Iterable<Described>, unread: readonly string[], terminal: Terminal): void {
  const indented = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
  let before = '{\n  "attachments": [';
  let end = ']';
  for (const one of attachments) {
    terminal.print(`${before}\n    ${indented(one).replaceAll('\n', '\n  ')}`);
    before = ',';
    end = '\n  ]';
  }
  terminal.print(`${before === ',' ? '' : before}${end},\n  "unread": ${indented(unread)}\n}\n`);
}

/** The size of a piece, in characters. */
const pieceSize = 16 * 1024;

// Few system calls, and little memory.
function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < pieceSize) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** The lines of a table of attachments, with a heading. Pure. */
export function table(attachments: Iterable<Described>, paint: Paint): Iterable<string> {
  const heading = ['SANDBOX', 'NETWORK', 'IFNAME', 'DEVICE', 'LINK', 'ADDRESSES', 'STATE'];
  const rows = Array.from(attachments, (one) => {
    const { sandbox, network, ifname, device = '-', link } = one;
    const addresses = one.addresses.length === 0 ? '-' : one.addresses.join(',');
    return [sandbox, ...[network, ifname, device, link, addresses].map(printable), stateText(one, paint)];
  });
  const short = shortIds(rows.map(([sandbox = '']) => sandbox));
  for (const row of rows) row[0] = printable(short(row[0] ?? ''));
  return columnLines([heading.map((word) => paint('strong', word)), ...rows]);
}

/** The lines of a report of inconsistent attachments: what is left of each, and what to do. Pure. */
export function* paragraphs(attachments: Iterable<Described>, paint: Paint): Generator<string> {
  let isFirst = true;
  for (const one of attachments) {
    const { sandbox, network, ifname, left, cure = '' } = one;
    if (!isFirst) yield '';
    isFirst = false;
    const which = `${printable(ifname)} of sandbox ${printable(sandbox)} in network ${printable(network)}`;
    yield `${which}: ${stateText(one, paint)}`;
    yield `  left: ${left.length === 0 ? 'nothing' : printable(left.join('; '))}`;
    yield advice(`fix: ${cure}`, '  ');
  }
}

/** The least characters of a container id that are shown, as in crictl. */
const shortest = 13;

/** Shortens each of some ids to as much as is needed to distinguish it from the others. Pure. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const sorted = [...new Set(ids)].sort();
  const shared = (one: string, other = ''): number => {
    let at = 0;
    while (at < one.length && one[at] === other[at]) at += 1;
    return at;
  };
  // An id shares most with one of its neighbors.
  const short = sorted.map((id, at): [string, string] => [
    id,
    id.slice(0, Math.max(shortest, shared(id, sorted[at - 1]) + 1, shared(id, sorted[at + 1]) + 1)),
  ]);
  const known = new Map(short);
  return (id) => known.get(id) ?? id;
}
