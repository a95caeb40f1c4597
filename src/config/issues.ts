import { closestMatch } from 'leven';

/** A fault that zod found, as far as a message needs it. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[] | undefined;
  readonly input?: unknown;
}

/** The keys that are known in the place that a path leads to. */
type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

/** Faults that one message names; of more, how many there are. */
const mostNamed = 20;

/**
 * One sentence that names the faults: the key as it would be written, the value, and the rule. An unknown key comes with the
 * nearest known one.
 */
export function describeIssues(issues: readonly Issue[], document: unknown, knownKeys: KnownKeys): string {
  return firstOf(issues, 'faults', (issue) => describe(issue, document, knownKeys));
}

function firstOf<T>(all: readonly T[], what: string, describeOne: (one: T) => string): string {
  const others = all.length - mostNamed;
  const named = all.slice(0, mostNamed).map(describeOne);
  return [...named, ...(others > 0 ? [`and ${others} more ${what}`] : [])].join('; ');
}

function describe(issue: Issue, document: unknown, knownKeys: KnownKeys): string {
  const key = keyText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const where = key === '' ? '' : ` in "${key}"`;
    const known = knownKeys(issue.path);
    return firstOf(
      issue.keys ?? [],
      'unknown keys',
      (unknown) => `unknown key "${unknown}"${where}${suggestion(unknown, known)}`,
    );
  }
  return `"${key}" ${textOf(valueAt(document, issue.path))} ${issue.message}`;
}

/** The nearest known word, as a question to put behind an unknown one; empty where none is near. */
export function suggestion(unknown: string, known: readonly string[]): string {
  const near = closestMatch(unknown, known, { maxDistance: Math.max(2, Math.ceil(unknown.length / 3)) });
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
}

/** A place in a document as it would be written, like `routes[0].dst`; empty for the document itself. */
function keyText(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part],
    document,
  );
}

/** Characters of a value that a message quotes. */
const mostQuoted = 200;

function textOf(value: unknown): string {
  if (value === undefined) return 'is missing:';
  const text = JSON.stringify(value);
  return text.length <= mostQuoted ? text : `${text.slice(0, mostQuoted)}… (${text.length} characters)`;
}
