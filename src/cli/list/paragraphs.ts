import { printable } from '../../command/printable.ts';
import type { Paint } from '../text/paint.ts';
import { advice } from '../text/wrap.ts';
import { type Described, stateText } from './described.ts';

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
