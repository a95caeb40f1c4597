import { withoutControlSequences } from '../text/control-sequences.ts';

/**
 * What somebody pasted, as one line of what was meant: without colours and other control sequences, line breaks and runs
 * of space as one space, and quotes as they were before a log or a shell put a backslash before them.
 */
export function plainText(pasted: string): string {
  return withoutControlSequences(pasted)
    .replace(/\\+(["'`])/g, '$1')
    .replace(/\\[nrt]/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}
