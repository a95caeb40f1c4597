import { hex, readInt32, readUint16 } from '#bytes';
import type { IngressFilter } from '../../model/pod-view.ts';
import {
  actionAttributes,
  controlAttributes,
  controlMessages,
  mirredParameters,
  u32Attributes,
} from './control-attributes.ts';
import { attributes, find, type Message, textOf } from './message.ts';

/** Bytes of struct tcmsg. */
const headerLength = 20;

/** TCA_BPF_NAME of linux/pkt_cls.h. */
const bpfName = 7;

/** TCA_…_ACT of linux/pkt_cls.h: where each kind of filter has its actions. */
const actionsOf: Readonly<Record<string, number>> = {
  basic: 3,
  bpf: 1,
  cgroup: 1,
  flow: 9,
  flower: 3,
  fw: 4,
  matchall: 2,
  route: 6,
  u32: u32Attributes.actions,
};

/** A queueing discipline, with the number of its link. */
export interface DisciplineAnswer {
  readonly link: number;
  readonly kind: string;
}

/** Reads a queueing discipline at an ingress; undefined: the message is about another one, or something else. */
export function toIngressDiscipline({ type, body }: Message): DisciplineAnswer | undefined {
  if (type !== controlMessages.makeDiscipline) return undefined;
  const kind = kindOf(body);
  return kind === 'ingress' || kind === 'clsact' ? { link: readInt32(body, 4), kind } : undefined;
}

/** Reads a filter; undefined: the message is about its place alone, or something else. */
export function toFilter({ type, body }: Message, nameOf: (index: number) => string): IngressFilter | undefined {
  const options = find(body, controlAttributes.options, headerLength);
  if (type !== controlMessages.makeFilter || options === undefined) return undefined;
  const kind = kindOf(body);
  // u32 has tables too; only what matches counts.
  if (kind === 'u32' && find(options, u32Attributes.selector) === undefined) return undefined;
  const name = kind === 'bpf' ? find(options, bpfName) : undefined;
  return {
    kind,
    name: name === undefined ? undefined : textOf(name),
    // In the upper half; the lower one has the protocol.
    preference: readUint16(body, 18),
    ...redirectOf(find(options, actionsOf[kind] ?? 0), nameOf),
  };
}

function kindOf(body: Uint8Array): string {
  const kind = find(body, controlAttributes.kind, headerLength);
  return kind === undefined ? '' : textOf(kind);
}

function redirectOf(
  actions: Uint8Array | undefined,
  nameOf: (index: number) => string,
): Pick<IngressFilter, 'cookie' | 'redirectsTo'> {
  for (const { value: action } of actions === undefined ? [] : attributes(actions)) {
    const kind = find(action, actionAttributes.kind);
    const options = find(action, actionAttributes.options);
    if (kind === undefined || textOf(kind) !== 'mirred' || options === undefined) continue;
    const parameters = find(options, mirredParameters);
    const cookie = find(action, actionAttributes.cookie);
    return {
      redirectsTo: parameters === undefined ? undefined : nameOf(readInt32(parameters, 24)),
      cookie: cookie === undefined ? undefined : hex(cookie),
    };
  }
  return { redirectsTo: undefined, cookie: undefined };
}
