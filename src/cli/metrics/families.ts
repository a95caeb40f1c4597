import { bucketEnds, type CallTally, countedCommands } from '../../attach/calls/tally.ts';
import { countingOf } from '../../kinds/kinds.ts';
import type { Counters } from '../../model/link.ts';
import type { Attachment } from '../../node/attachments/attachments.ts';
import type { State } from '../../node/attachments/standing.ts';
import { version } from '../about.ts';
import type { Severity } from '../severity.ts';
import type { Family, Sample } from './exposition.ts';
import type { Metered, Traffic } from './look.ts';

/** The metrics of a node, in the order in which they are printed. Pure. */
export function familiesOf(metered: Metered): readonly Family[] {
  return [
    gauge('dan_build_info', 'Always 1, with the version of the dan that tells this.', [sample({ version }, 1)]),
    ...attachmentFamilies(metered),
    ...stateFamilies(metered),
    ...callFamilies(metered),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples };
}

function sample(labels: Sample['labels'], value: number): Sample {
  return { labels, value };
}

// --- Attachments

/** The labels that identify an attachment. A runtime outside Kubernetes names no pod. */
function labelsOf({ item: { identity, link, record } }: Attachment): Sample['labels'] {
  const { network, ifname } = identity;
  const { namespace = '', name = '' } = record?.pod ?? {};
  const device = record === undefined ? link : (countingOf(record.device)?.name ?? link);
  return { device, network, namespace, pod: name, interface: ifname };
}

const counted = {
  bytes: { what: 'Bytes', of: ({ bytes }: Counters): number => bytes },
  packets: { what: 'Packets', of: ({ packets }: Counters): number => packets },
  drops: { what: 'Packets', of: ({ dropped }: Counters): number => dropped },
} as const;

const ways = {
  receive: {
    of: ({ received }: Traffic): Counters => received,
    is: {
      moved: 'that were sent to the guest',
      drops: 'to the guest that its device dropped, as when its queue is full',
    },
    side: 'Seen from the pod: what the guest receives, its tap on the node sent.',
  },
  transmit: {
    of: ({ sent }: Traffic): Counters => sent,
    is: { moved: 'that the guest sent', drops: 'from the guest that its device dropped' },
    side: 'Seen from the pod: what the guest sent, its tap on the node received.',
  },
} as const;

function attachmentFamilies({ attachments, traffic }: Metered): readonly Family[] {
  const recorded = attachments.filter(({ item }) => item.record !== undefined);
  const trafficFamily = (way: keyof typeof ways, what: keyof typeof counted): Family => {
    const { of, is, side } = ways[way];
    const help = `${counted[what].what} ${is[what === 'drops' ? 'drops' : 'moved']}. ${side}`;
    const samples = recorded.flatMap((attachment) => {
      const its = traffic.get(attachment.item.link);
      return its === undefined ? [] : [sample(labelsOf(attachment), counted[what].of(of(its)))];
    });
    return counter(`dan_attachment_${way}_${what}_total`, help, samples);
  };
  return [
    gauge(
      'dan_attachment_info',
      'Always 1, for each attachment that has a record. The label device is the name of its link, by which node_exporter knows it. The label mode is its kind: the value of "device" in the network configuration.',
      recorded.map((attachment) => {
        const { record, identity } = attachment.item;
        const labels = { ...labelsOf(attachment), mode: record?.device.kind ?? '', sandbox: identity.sandbox };
        return sample(labels, 1);
      }),
    ),
    ...(['receive', 'transmit'] as const).flatMap((way) =>
      (['bytes', 'packets', 'drops'] as const).map((what) => trafficFamily(way, what)),
    ),
    gauge(
      'dan_attachment_hidden_links',
      'Links with an address in the pod’s namespace that the guest does not have, since Kata reads the DAN file instead. A pod with more than 0 lacks a network that it was given.',
      recorded.map((attachment) => sample(labelsOf(attachment), attachment.item.hidden.length)),
    ),
  ];
}

// --- What is left, and what is wrong

const states = [
  'attached',
  'changing',
  'altered',
  'incomplete',
  'orphan',
  'unsure',
] as const satisfies readonly State[];
const severities = ['error', 'warning', 'note'] as const satisfies readonly Severity[];
const places = ['records', 'record', 'dan-directory', 'dan-file', 'namespaces', 'links', 'ovs', 'calls'] as const;

function stateFamilies({ attachments, answers, faults, swept, removed }: Metered): readonly Family[] {
  const orphans = attachments.filter(({ standing }) => standing.state === 'orphan').map(({ item }) => item);
  const left = {
    record: orphans.filter(({ record }) => record !== undefined).length,
    entry: orphans.filter(({ entry }) => entry !== undefined).length,
    link: orphans.flatMap(({ links }) => links).length,
    port: orphans.filter(({ port }) => port !== undefined).length,
  };
  return [
    gauge(
      'dan_attachments',
      'Attachments by the state that dan list shows.',
      states.map((state) =>
        sample(
          { state },
          count(attachments, ({ standing }) => standing.state === state),
        ),
      ),
    ),
    gauge(
      'dan_orphans',
      'What is left of attachments that nobody will need: records, entries of DAN files, links, ports of Open vSwitch.',
      Object.entries(left).map(([kind, number]) => sample({ kind }, number)),
    ),
    gauge(
      'dan_problems',
      'What dan doctor finds of what dan left on this node, by check and severity. Run dan doctor to see what it is.',
      answers.flatMap(({ check, findings, unasked }) =>
        unasked === undefined
          ? severities.map((severity) =>
              sample(
                { check: check.id, severity },
                count(findings, (one) => one.severity === severity),
              ),
            )
          : [],
      ),
    ),
    gauge(
      'dan_unread_places',
      'Places that could not be read, so that what is there is not in the other metrics. Run dan list to see which.',
      places.map((place) =>
        sample(
          { place },
          count(faults, ({ of }) => of === place),
        ),
      ),
    ),
    gauge(
      'dan_sweep_last_timestamp_seconds',
      'When an ADD or DEL last looked for attachments that nobody has any more, since the node started.',
      swept === undefined ? [] : [sample({}, swept)],
    ),
    counter('dan_orphans_removed_total', 'Attachments that nobody used any more and that were removed.', [
      sample({}, removed),
    ]),
  ];
}

function count<T>(all: readonly T[], is: (one: T) => boolean): number {
  return all.filter(is).length;
}

// --- Calls

function callFamilies({ calls }: Metered): readonly Family[] {
  const gc = calls.find(({ command, result }) => command === 'GC' && result === 'success');
  return [
    counter(
      'dan_cni_requests_total',
      'Calls of the plugin by command and result: success, or the name of the error as dan explain knows it. A call that was killed is not counted, and neither is VERSION.',
      countedCommands.flatMap((command) => {
        const its = calls.filter((one) => one.command === command);
        const success = its.filter(({ result }) => result === 'success');
        const failed = its.filter(({ result }) => result !== 'success');
        return [
          sample({ command, result: 'success' }, sum(success.map(callsOf))),
          ...failed.map((one) => sample({ command, result: one.result }, callsOf(one))),
        ];
      }),
    ),
    {
      name: 'dan_cni_request_duration_seconds',
      type: 'histogram',
      help: 'How long calls took, from the start of the program to its answer, the IPAM plugin included.',
      samples: countedCommands.flatMap((command) => histogram(command, calls)),
    },
    gauge(
      'dan_gc_last_success_timestamp_seconds',
      'When a GC that a runtime called last succeeded, since the node started. Few runtimes call it.',
      gc === undefined ? [] : [sample({}, gc.last)],
    ),
  ];
}

function histogram(command: CallTally['command'], calls: readonly CallTally[]): readonly Sample[] {
  const its = calls.filter((one) => one.command === command);
  const ends = [...bucketEnds.map((end) => String(end / 1000)), '+Inf'];
  const upTo = (last: number): number => sum(its.flatMap(({ counts }) => counts.slice(0, last + 1)));
  return [
    ...ends.map((le, at): Sample => ({ suffix: '_bucket', labels: { command, le }, value: upTo(at) })),
    { suffix: '_sum', labels: { command }, value: sum(its.map(({ microseconds }) => microseconds)) / 1e6 },
    { suffix: '_count', labels: { command }, value: upTo(bucketEnds.length) },
  ];
}

function callsOf({ counts }: CallTally): number {
  return sum(counts);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
