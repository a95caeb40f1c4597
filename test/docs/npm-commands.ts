import { readPage } from './blocks.ts';

/** Every command line on a page that starts with `npm`, in a block or a sentence, in order, without duplicates. */
export function npmCommands(page: string): readonly string[] {
  const found = readPage(page).matchAll(/^ *(npm (?:ci|run|test)\b.*)$|`(npm [^`]+)`/gm);
  return [...new Set([...found].map(([, line, inline]) => line ?? inline ?? ''))];
}
