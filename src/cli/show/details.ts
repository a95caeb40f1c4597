import { kernel } from '#kernel';
import { attachmentFaults } from '../../attach/check.ts';
import { type AttachmentRecord, recordPath } from '../../attach/record.ts';
import type { LinkCounters } from '../../model/link-counters.ts';
import { withNetns } from '../../host/netns.ts';
import type { Link } from '../../model/link.ts';
import type { CniFacts } from '../../node/cni/facts.ts';
import { type Attachment, timeoutSeconds } from '../../node/attachments/attachments.ts';
import { describe, type Described } from '../list/described.ts';

/** A link with what went through it. */
export interface DetailedLink {
  readonly netns: string | undefined;
  readonly link: Link;
  /** undefined: it vanished meanwhile, or cannot be read. */
  readonly counters: LinkCounters | undefined;
}

/** Everything about one attachment. */
export interface Details {
  readonly described: Described;
  readonly recordPath: string | undefined;
  readonly record: AttachmentRecord | undefined;
  readonly entry: Attachment['item']['entry'];
  readonly links: readonly DetailedLink[];
  readonly port: Attachment['item']['port'];
  /** What CHECK would find; undefined without a record, which it goes by. */
  readonly check: readonly string[] | undefined;
}

/** Looks at everything about one attachment. Never throws for what cannot be read. */
export async function lookAtDetails(attachment: Attachment, cni: CniFacts): Promise<Details> {
  const { record, entry, port, links: seen, link } = attachment.item;
  const [links, check] = await Promise.all([
    Promise.all(seen.map(withCounters)),
    record === undefined ? undefined : checked(record),
  ]);
  return {
    described: describe(attachment, cni),
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
    return await attachmentFaults(record, record.netns, timeoutSeconds);
  } catch (error) {
    return [`CHECK fails: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function withCounters({ netns, link }: { netns: string | undefined; link: Link }): Promise<DetailedLink> {
  const site = { timeoutSeconds };
  const read = async (): Promise<ReadonlyMap<string, LinkCounters> | undefined> =>
    netns === undefined
      ? await kernel.readCounters([link.name], 'host', site)
      : await withNetns(netns, async (pod) =>
          pod === undefined ? pod : await kernel.readCounters([link.name], 'pod', { ...site, pod }),
        );
  const counters = await read().catch(() => undefined);
  return { netns, link, counters: counters?.get(link.name) };
}
