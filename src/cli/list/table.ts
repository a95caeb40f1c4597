import { columns } from '../text/columns.ts';
import type { Meaning, Paint } from '../text/paint.ts';
import { printable } from '../../command/printable.ts';
import type { Described } from './described.ts';
import type { State } from '../../node/attachments/standing.ts';

/** Characters of a container's id that are shown at least, as crictl does. */
const shortest = 13;

const meanings = {
  attached: 'good',
  changing: 'faint',
  altered: 'warning',
  incomplete: 'bad',
  orphan: 'bad',
  unsure: 'warning',
} as const satisfies Record<State, Meaning>;

/** Attachments in a line each, under a heading. Pure. */
export function table(attachments: readonly Described[], paint: Paint): string {
  const ids = attachments.map(({ sandbox }) => sandbox);
  const heading = ['SANDBOX', 'NETWORK', 'IFNAME', 'DEVICE', 'LINK', 'ADDRESSES', 'STATE'];
  const rows = attachments.map((one) => [
    printable(shortId(one.sandbox, ids)),
    printable(one.network),
    printable(one.ifname),
    printable(one.device ?? '-'),
    one.link,
    one.addresses.length === 0 ? '-' : printable(one.addresses.join(',')),
    stateText(one, paint),
  ]);
  return columns([heading.map((word) => paint('strong', word)), ...rows]);
}

/** What is left of attachments that do not fit, and what to do, in a paragraph each. Pure. */
export function paragraphs(attachments: readonly Described[], paint: Paint): string {
  return attachments
    .map((one) => {
      const { sandbox, network, ifname, left, cure = '' } = one;
      return [
        `${printable(ifname)} of sandbox ${printable(sandbox)} in network ${printable(network)}: ${stateText(one, paint)}`,
        `  left: ${left.length === 0 ? 'nothing' : printable(left.join('; '))}`,
        `  mend: ${printable(cure)}`,
      ].join('\n');
    })
    .join('\n\n');
}

/** A state with what it is due to. */
export function stateText({ state, parts }: Pick<Described, 'parts' | 'state'>, paint: Paint): string {
  const due = parts.length === 0 ? '' : `: ${printable(parts.join(', '))}`;
  return `${paint(meanings[state], state)}${due}`;
}

/** As much of an id as tells it from the others. Pure. */
export function shortId(id: string, others: readonly string[]): string {
  for (let length = shortest; length < id.length; length += 1) {
    const prefix = id.slice(0, length);
    if (others.every((other) => other === id || !other.startsWith(prefix))) return prefix;
  }
  return id;
}
