import type { Paint } from '../text/paint.ts';
import { width, wrap } from '../text/wrap.ts';
import type { Known } from './find.ts';

/** What is known about one error, for a person. */
export function describe(known: Known, paint: Paint): string {
  const { row } = known;
  const told = (label: string, text: string): string => {
    const [first = '', ...rest] = wrap(withPaths(text), width, '         ').split('\n');
    return [`${paint('strong', `${label}:`.padEnd(9))}${first.trimStart()}`, ...rest].join('\n');
  };
  return [titleOf(known, paint), told('meaning', row.meaning), told('cause', row.cause), told('cure', row.cure)].join(
    '\n',
  );
}

/** The same for a program. */
export function toJson(known: Known): object {
  const { meaning, cause, cure } = known.row;
  const explanation = { meaning: withPaths(meaning), cause: withPaths(cause), cure: withPaths(cure) };
  switch (known.kind) {
    case 'error':
      return { name: known.row.name, code: known.row.code, from: 'dan', ...explanation };
    case 'message':
      return { name: known.row.id, from: known.row.from, says: known.row.says, ...explanation };
    default:
      return known satisfies never;
  }
}

function titleOf(known: Known, paint: Paint): string {
  switch (known.kind) {
    case 'error':
      return `${paint('bad', known.row.name)} (${known.row.code}), an error of dan`;
    case 'message':
      return `${paint('bad', known.row.says[0])}\n${paint('faint', `${known.row.id}, a message of ${known.row.from}`)}`;
    default:
      return known satisfies never;
  }
}

// Links of the documentation's pages.
function withPaths(text: string): string {
  return text.replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 (docs/$2)');
}
