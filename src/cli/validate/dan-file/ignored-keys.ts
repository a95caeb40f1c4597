import { suggestion } from '../../../config/faults.ts';
import type { ReaderName } from '../../../dan/profile.ts';
import { isObject } from '../../../json/object.ts';
import { danFile, type Field } from '../../../reader/format.ts';
import { inside } from '../../../reader/verdict.ts';
import { type Remark, remarksAt } from '../remark.ts';

/** The keys that a reader silently ignores. One that is near a known key is taken for a typo, and is a warning. */
export function ignoredKeys(text: string, runtime: ReaderName): readonly Remark[] {
  try {
    return walk(JSON.parse(text), danFile, '', runtime === 'go');
  } catch {
    return []; // A text that is not JSON has a reader's error already.
  }
}

// Keys match in any case in Go.
function walk(value: unknown, field: Field, where: string, isGo: boolean): readonly Remark[] {
  if (field.is === 'list' && Array.isArray(value)) {
    return value.flatMap((item, at) => walk(item, field.of, `${where}[${at}]`, isGo));
  }
  if (field.is !== 'struct' || !isObject(value)) return [];
  const known = Object.entries(field.fields).filter(([, { notIn }]) => !isGo || notIn !== 'go');
  const names = known.map(([name]) => name);
  return Object.entries(value).flatMap(([key, inner]) => {
    const [, below] = known.find(([name]) => name === (isGo ? key.toLowerCase() : key)) ?? [];
    if (below !== undefined) return walk(inner, below, inside(where, key), isGo);
    const near = suggestion(key, names);
    const remark = `the reader ignores the key ${JSON.stringify(key)}${near}`;
    return [remarksAt(where)(near === '' ? 'note' : 'warning', remark)];
  });
}
