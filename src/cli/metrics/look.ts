import { kernel } from '#kernel';
import { system } from '#system';
import { callsPath } from '../../attach/calls/note.ts';
import { type CallTally, tallyOf } from '../../attach/calls/tally.ts';
import { sweepPath } from '../../attach/directories.ts';
import { removedSoFar } from '../../attach/gc/sweep.ts';
import type { PlaceFault } from '../../attach/sightings/seen.ts';
import { statusAt } from '../../host/files.ts';
import { withNetns } from '../../host/netns.ts';
import { readOwn } from '../../host/own-files.ts';
import { countingOf } from '../../kinds/kinds.ts';
import type { Counters, LinkCounters } from '../../model/link.ts';
import { type Attachment, lookAtAttachments, timeoutSeconds } from '../../node/attachments/attachments.ts';
import type { InventoryItem } from '../../node/attachments/join.ts';
import { type Answer, ask } from '../doctor/check.ts';
import { attachmentChecks } from '../doctor/checks/attachments.ts';
import { stateFileChecks } from '../doctor/checks/state-files.ts';
import { stateOf } from '../doctor/facts/state.ts';

/** What passed between a guest and its network. */
export interface Traffic {
  readonly received: Counters;
  readonly sent: Counters;
}

/** Everything from which the metrics are made. */
export interface Metered {
  readonly attachments: readonly Attachment[];
  /** By the attachment's derived name. An attachment whose link is gone or cannot be read has none. */
  readonly traffic: ReadonlyMap<string, Traffic>;
  /** The places that could not be read. */
  readonly faults: readonly { readonly of: PlaceFault['of'] | 'calls' }[];
  readonly answers: readonly Answer[];
  readonly calls: readonly CallTally[];
  /** When orphans were last searched for, in seconds since 1970; undefined if not yet. */
  readonly swept: number | undefined;
  /** The number of orphans that were removed since the node started. */
  readonly removed: number;
}

/** Looks at this node's current state, as `dan list` and `dan doctor` do. Changes and locks nothing. */
export async function meter(): Promise<Metered> {
  const seen = await lookAtAttachments();
  const traffic = await trafficOf(seen.attachments.map(({ item }) => item));
  const view = { cni: seen.cni, state: stateOf(seen), kernel: { user: system.geteuid() }, ovs: { switches: [] } };
  const calls = readCalls();
  return {
    attachments: seen.attachments,
    traffic,
    faults: [...seen.faults, ...(calls === undefined ? [{ of: 'calls' } as const] : [])],
    answers: [...stateFileChecks, ...attachmentChecks].map((check) => ask(check, view)),
    calls: calls ?? [],
    swept: statusAt(sweepPath)?.mtime,
    removed: removedSoFar(),
  };
}

// undefined if it cannot be read.
function readCalls(): readonly CallTally[] | undefined {
  try {
    const there = readOwn(callsPath);
    if (there === undefined) return [];
    return 'text' in there ? tallyOf(there.text) : undefined;
  } catch {
    return undefined;
  }
}

// The links on the host are read at once, those in the namespaces of pods one after the other.
async function trafficOf(items: readonly InventoryItem[]): Promise<ReadonlyMap<string, Traffic>> {
  const found = new Map<string, Traffic>();
  const links = items.flatMap(({ link, record }) => {
    const counting = record === undefined ? undefined : countingOf(record.device);
    return record === undefined || counting === undefined ? [] : [{ link, netns: record.netns, counting }];
  });
  const onHost = links.filter(({ counting }) => counting.in === 'host');
  const names = onHost.map(({ counting }) => counting.name);
  const host = await unlessUnreadable(() => kernel.readCounters(names, 'host', { timeoutSeconds }));
  for (const { link, counting } of onHost) note(link, host.get(counting.name), counting.guestSent);
  for (const { link, netns, counting } of links.filter((one) => one.counting.in === 'pod')) {
    const pods = await unlessUnreadable(() =>
      withNetns(netns, async (pod) =>
        pod === undefined ? new Map() : await kernel.readCounters([counting.name], 'pod', { timeoutSeconds, pod }),
      ),
    );
    note(link, pods.get(counting.name), counting.guestSent);
  }
  // For an attachment without a link, its port has the counters.
  for (const { link, port } of items) if (!found.has(link)) note(link, port?.counters, 'received');
  return found;

  function note(link: string, counters: LinkCounters | undefined, guestSent: 'received' | 'sent'): void {
    if (counters === undefined) return;
    const { received, sent } = counters;
    found.set(link, guestSent === 'sent' ? { received, sent } : { received: sent, sent: received });
  }
}

async function unlessUnreadable(
  read: () => Promise<ReadonlyMap<string, LinkCounters>>,
): Promise<ReadonlyMap<string, LinkCounters>> {
  try {
    return await read();
  } catch {
    return new Map();
  }
}
