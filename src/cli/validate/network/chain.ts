import { chainFaults } from '../../../node/chain.ts';
import type { JsonObject } from '../../../json/object.ts';
import { chainText } from '../../node-texts.ts';
import type { Remark } from '../remark.ts';

/** What the order of a list's plugins means for the one of dan at a place in it. */
export function chainRemarks(plugins: readonly JsonObject[], at: number): readonly Remark[] {
  return chainFaults(plugins, at).flatMap((fault): readonly Remark[] => {
    // The plugin itself refuses this one.
    if (fault.of === 'no-interface' && fault.isFirst) return [];
    const { severity, seen, cure } = chainText(fault);
    const remark = { severity, where: `plugins[${at}]`, text: `${seen}; ${cure}` };
    return [fault.of === 'hidden-interface' ? { ...remark, error: 'pod-link-hidden' } : remark];
  });
}
