import { describe, expect, it } from 'vitest';
import { tallyOf } from '../../../src/attach/calls/tally.ts';
import { exposition } from '../../../src/cli/metrics/exposition.ts';
import { familiesOf } from '../../../src/cli/metrics/families.ts';
import type { Metered } from '../../../src/cli/metrics/look.ts';
import { deriveNames } from '../../../src/model/identity.ts';
import type { Attachment } from '../../../src/node/attachments/attachments.ts';
import type { State } from '../../../src/node/attachments/standing.ts';
import { identity, recordOf, tapOf } from '../../node/attachments/attachment.ts';

const { link } = deriveNames(identity);
const record = { ...recordOf(), pod: { namespace: 'prod', name: 'web-0' } };
const attachment = (state: State, item: Partial<Attachment['item']> = {}): Attachment => ({
  item: {
    ...{ identity, link, record, links: [{ netns: undefined, link: tapOf() }], port: undefined, hidden: [] },
    entry: { file: '/dans/sandbox-1.json', entry: {}, index: 0 },
    ...item,
  },
  standing: { state, parts: [] },
});
const nothing: Metered = {
  ...{ attachments: [], traffic: new Map(), faults: [], answers: [], calls: [], swept: undefined, removed: 0 },
};
const labels = `device="${link}",network="kata-net",namespace="prod",pod="web-0",interface="eth0"`;

function linesOf(metered: Partial<Metered>): readonly string[] {
  return exposition(familiesOf({ ...nothing, ...metered })).split('\n');
}

/** The lines whose values are not 0. */
function saying(metered: Partial<Metered>): readonly string[] {
  const quiet = linesOf({});
  return linesOf(metered).filter((line) => !line.startsWith('#') && !quiet.includes(line));
}

describe('metrics', () => {
  it('are there with 0 where nothing is, so that a rate has where to begin', () => {
    const lines = linesOf({});
    expect(lines).toContain('dan_attachments{state="incomplete"} 0');
    expect(lines).toContain('dan_orphans{kind="link"} 0');
    expect(lines).toContain('dan_unread_places{place="ovs"} 0');
    expect(lines).toContain('dan_cni_requests_total{command="ADD",result="success"} 0');
    expect(lines).toContain('dan_cni_request_duration_seconds_bucket{command="DEL",le="+Inf"} 0');
    expect(lines.filter((line) => line.startsWith('dan_gc_last'))).toEqual([]);
  });

  it('name the pod, its network and its device, and count as the pod sees it', () => {
    const one = (from: number) => ({ packets: from, bytes: from + 1, errors: from + 2, dropped: from + 3 });
    const traffic = new Map([[link, { received: one(10), sent: one(20) }]]);
    expect(saying({ attachments: [attachment('attached')], traffic })).toEqual([
      `dan_attachment_info{${labels},mode="host-tap",sandbox="sandbox-1"} 1`,
      `dan_attachment_receive_bytes_total{${labels}} 11`,
      `dan_attachment_receive_packets_total{${labels}} 10`,
      `dan_attachment_receive_drops_total{${labels}} 13`,
      `dan_attachment_transmit_bytes_total{${labels}} 21`,
      `dan_attachment_transmit_packets_total{${labels}} 20`,
      `dan_attachment_transmit_drops_total{${labels}} 23`,
      `dan_attachment_hidden_links{${labels}} 0`,
      'dan_attachments{state="attached"} 1',
    ]);
  });

  it('leave the pod out where the runtime named none, and name the tap by the name that it has', () => {
    const chosen = { ...recordOf(), device: { ...recordOf().device, chosenName: 'tap7' } } as typeof record;
    const [info] = saying({ attachments: [attachment('attached', { record: chosen })] });
    expect(info).toBe(
      'dan_attachment_info{device="tap7",network="kata-net",interface="eth0",mode="host-tap",sandbox="sandbox-1"} 1',
    );
  });

  it('name a pod whose guest lacks links of its namespace', () => {
    const hidden = [{ name: 'net1', addresses: [] }];
    expect(saying({ attachments: [attachment('incomplete', { hidden })] })).toContain(
      `dan_attachment_hidden_links{${labels}} 1`,
    );
  });

  it('count what is left of orphans, and nothing of others', () => {
    const left = attachment('orphan', { record: undefined, entry: undefined });
    expect(saying({ attachments: [left, attachment('altered')] }).filter((line) => !line.includes(link))).toEqual([
      'dan_attachments{state="altered"} 1',
      'dan_attachments{state="orphan"} 1',
      'dan_orphans{kind="link"} 1',
    ]);
  });

  it('count findings by check and severity, and none of a check that was not asked', () => {
    const finding = { id: 'state-lock', severity: 'error', seen: '', cure: '', why: '' } as const;
    const answers = [
      { check: { id: 'state-lock' }, findings: [finding, finding], unasked: undefined },
      { check: { id: 'state-mode' }, findings: [], unasked: 'only root can see it' },
    ] as const;
    expect(saying({ answers })).toEqual([
      'dan_problems{check="state-lock",severity="error"} 2',
      'dan_problems{check="state-lock",severity="warning"} 0',
      'dan_problems{check="state-lock",severity="note"} 0',
    ]);
  });

  it('sum calls up over their results in the histogram, whose buckets are those up to their end', () => {
    const calls = tallyOf(
      '1800000000 ADD success 900\n1800000000 ADD success 3000\n1800000000 ADD bridge-missing 90000000\n1800000001 GC success 5000\n',
    );
    const lines = saying({ calls });
    expect(lines).toContain('dan_cni_requests_total{command="ADD",result="success"} 2');
    expect(lines).toContain('dan_cni_requests_total{command="ADD",result="bridge-missing"} 1');
    const buckets = lines.filter((line) => line.includes('_bucket{command="ADD"')).map((line) => line.split(' ')[1]);
    expect(buckets).toEqual(['1', '1', ...Array<string>(13).fill('2'), '3']);
    expect(lines).toContain('dan_cni_request_duration_seconds_sum{command="ADD"} 90.0039');
    expect(lines).toContain('dan_cni_request_duration_seconds_count{command="ADD"} 3');
    expect(lines).toContain('dan_gc_last_success_timestamp_seconds 1800000001');
  });

  it('tell of places that could not be read', () => {
    expect(saying({ faults: [{ of: 'links' }, { of: 'links' }, { of: 'calls' }] })).toEqual([
      'dan_unread_places{place="links"} 2',
      'dan_unread_places{place="calls"} 1',
    ]);
  });
});
