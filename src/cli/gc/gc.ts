import { type Need, needOf, removeOrphan } from '../../attach/gc/orphans.ts';
import { countRemoved, removedSoFar } from '../../attach/gc/sweep.ts';
import { type AttachmentRecord, readRecord, recordedNames } from '../../attach/record.ts';
import { type CommandLine, type ExitCode, exitCodes, type Terminal } from '../../command/command.ts';
import { printable } from '../../command/printable.ts';
import { minimalVariables } from '../../host/command.ts';
import type { Log } from '../../host/log.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { timeoutSeconds } from '../../node/attachments/attachments.ts';
import { lookAtCni } from '../../node/cni/facts.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { messageOf } from '../../json/thrown.ts';
import { Interruption } from '../../protocol/interruption.ts';
import { newestVersion } from '../../protocol/version.ts';

/** The outcome for an attachment that nobody needs any more. */
type Outcome = 'failed' | 'kept' | 'removed' | 'shown' | 'too-young';

/** Runs `dan gc`: exit code 1 if something could not be removed. */
export async function gc({ switches }: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const isDry = switches.has('dry-run');
  const request = requestBy((await lookAtCni({ root: '/' })).binDirs, terminal.untilInterrupted?.());
  const outcomes: Outcome[] = [];
  for (const link of recordedNames()) {
    if (request.interrupted.reason !== undefined) break;
    const record = readRecord(link);
    if (typeof record === 'string') continue;
    const need = await needOf(link, record, { timeoutSeconds });
    if (need === 'needed') continue;
    const { outcome, text } = await collect(link, record, need, isDry ? undefined : request);
    const { ifname, sandbox, network } = record;
    terminal.print(`${printable(`${ifname} of sandbox ${sandbox} in network ${network}: ${text}`)}\n`);
    outcomes.push(outcome);
  }
  const removed = outcomes.filter((outcome) => outcome === 'removed').length;
  if (removed > 0) countRemoved(removed);
  if (outcomes.length === 0) terminal.print('Nothing to remove: no attachment of this node is unused.\n');
  terminal.print(`Since the node started, dan removed ${removedSoFar()} attachments that nobody used any more.\n`);
  return outcomes.includes('failed') ? exitCodes.finding : exitCodes.fine;
}

/** Removes one attachment, or nothing if there is no request. */
async function collect(
  link: InterfaceName,
  record: AttachmentRecord,
  need: Exclude<Need, 'needed'>,
  request: Request | undefined,
): Promise<{ readonly outcome: Outcome; readonly text: string }> {
  if (need === 'too-young') {
    return { outcome: 'too-young', text: 'stays for now, because it was changed within the last five minutes' };
  }
  if (request === undefined) return { outcome: 'shown', text: 'would be removed' };
  try {
    const isRemoved = await removeOrphan(link, record, { request, site: { timeoutSeconds }, log: silent });
    return isRemoved
      ? { outcome: 'removed', text: 'removed' }
      : { outcome: 'kept', text: 'stays, because a call for its sandbox is running' };
  } catch (error) {
    return { outcome: 'failed', text: `could not be removed: ${messageOf(error)}` };
  }
}

// What would be logged is printed instead.
const silent: Log = () => undefined;

// The plugins in containerd's plugin directories release the addresses.
function requestBy(binDirs: readonly string[], interrupted = new Interruption()): Request {
  return {
    environment: {
      command: 'DEL',
      containerId: '',
      ifname: '',
      netns: '',
      args: new Map(),
      path: binDirs,
      netnsOverride: false,
    },
    variables: { ...minimalVariables, CNI_COMMAND: 'DEL', CNI_PATH: binDirs.join(':') },
    input: { cniVersion: newestVersion, name: '', document: {} },
    interrupted,
  };
}
