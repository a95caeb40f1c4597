import { kernel } from '#kernel';
import { allFaults } from '../../attach/check.ts';
import { lockDirectory } from '../../attach/directories.ts';
import { type AttachmentRecord, recordPath } from '../../attach/record.ts';
import { type ExitCode, exitCodes, type Terminal, type CommandLine } from '../../command/command.ts';
import { printable } from '../../command/printable.ts';
import { withNetns } from '../../host/netns.ts';
import { type Attachment, lockOf, lookAtAttachments, timeoutSeconds } from '../../node/attachments/attachments.ts';
import { idsMeantBy } from '../../node/kata-sandboxes.ts';
import { heldLocks } from '../../node/locks.ts';
import type { CniFacts } from '../../node/cni/facts.ts';
import { messageOf } from '../../json/thrown.ts';
import { describe } from '../list/described.ts';
import { placeFaultText } from '../node-texts.ts';
import { painter } from '../text/paint.ts';
import { type DetailedLink, type Details, report, toJson } from './report.ts';

/** Runs `dan show`: exit code 1 if the word means no sandbox or several, or if a place could not be read. */
export async function show({ arguments: [asked = ''], switches }: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const { attachments, faults, cni } = await lookAtAttachments();
  for (const fault of faults) terminal.warn(`not everything could be read: ${printable(placeFaultText(fault))}\n`);
  const ids = attachments.map(({ item }) => item.identity.sandbox);
  const found = findSandbox(asked, ids);
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

// Never throws if something cannot be read.
async function lookAtDetails(attachment: Attachment, cni: CniFacts): Promise<Details> {
  const { record, entry, port, links: seen, link } = attachment.item;
  const [links, check] = await Promise.all([
    Promise.all(seen.map(withCounters)),
    record === undefined ? undefined : checked(record),
  ]);
  const described = describe(attachment, cni);
  return {
    described,
    recordPath: record === undefined ? undefined : recordPath(link),
    record,
    entry,
    links,
    port,
    check,
  };
}

async function checked(record: AttachmentRecord): Promise<readonly string[]> {
  try {
    return await allFaults(record, record.netns, timeoutSeconds);
  } catch (error) {
    return [`CHECK fails: ${messageOf(error)}`];
  }
}

async function withCounters({ netns, link }: Omit<DetailedLink, 'counters'>): Promise<DetailedLink> {
  const read = async (pod: number | undefined) =>
    await kernel.readCounters([link.name], netns === undefined ? 'host' : 'pod', { timeoutSeconds, pod });
  const counters = await withNetns(netns ?? '', async (pod) =>
    netns !== undefined && pod === undefined ? undefined : await read(pod),
  ).catch(() => undefined);
  return { netns, link, counters: counters?.get(link.name) };
}

/** Finds a sandbox by its id or an unambiguous prefix of it, or says why there is none. Pure. */
export function findSandbox(
  asked: string,
  sandboxes: readonly string[],
): { readonly sandbox: string } | { readonly why: string } {
  const meant = idsMeantBy(asked, sandboxes);
  const [only, ...others] = meant;
  if (only === undefined) {
    return { why: `no sandbox of this node has an id that begins with "${printable(asked)}"; "dan list" shows them` };
  }
  if (others.length === 0) return { sandbox: only };
  const named = meant.map((id) => `  ${printable(id)}`).join('\n');
  return { why: `${meant.length} sandboxes have ids that begin with "${printable(asked)}":\n${named}` };
}
