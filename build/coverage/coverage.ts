/** Which statements of a file ran. */
export interface FileCoverage {
  /** Path below the repository. */
  readonly path: string;
  readonly statements: readonly Statement[];
}

interface Statement {
  /** Counted from 1. */
  readonly line: number;
  /** Of its first character in the file's text. */
  readonly offset: number;
  readonly run: boolean;
}

/** vitest's data about a file (Istanbul's format), as far as it is used. */
export interface IstanbulFile {
  readonly statementMap: Readonly<Record<string, { readonly start: Place }>>;
  readonly s: Readonly<Record<string, number>>;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** V8's data about a script when a process ends (`NODE_V8_COVERAGE`). */
export interface V8Script {
  readonly functions: readonly { readonly ranges: readonly V8Range[] }[];
}

interface V8Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** The coverage of a file by the tests that vitest ran. `text` is the file's text. */
export function fromIstanbul(path: string, text: string, { statementMap, s }: IstanbulFile): FileCoverage {
  const lines = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const statements = Object.entries(statementMap).map(
    ([
      id,
      {
        start: { line, column },
      },
    ]) => ({
      line,
      offset: (lines[line - 1] ?? 0) + column,
      run: (s[id] ?? 0) > 0,
    }),
  );
  return { path, statements };
}

/** Adds the statements of the file that a process ran. */
export function withScript({ path, statements }: FileCoverage, { functions }: V8Script): FileCoverage {
  const ranges = functions.flatMap((each) => each.ranges);
  return {
    path,
    statements: statements.map((each) => (each.run ? each : { ...each, run: hasRun(ranges, each.offset) })),
  };
}

// Ranges are nested; the innermost one counts.
function hasRun(ranges: readonly V8Range[], offset: number): boolean {
  let innermost: V8Range | undefined;
  for (const range of ranges) {
    if (offset < range.startOffset || range.endOffset <= offset) continue;
    if (innermost === undefined || lengthOf(range) <= lengthOf(innermost)) innermost = range;
  }
  return innermost !== undefined && innermost.count > 0;
}

function lengthOf({ startOffset, endOffset }: V8Range): number {
  return endOffset - startOffset;
}

/** The lines with a statement that did not run, such as `12-14 20`; empty if there are none. */
export function linesNotRun({ statements }: FileCoverage): string {
  const lines = [...new Set(statements.filter(({ run }) => !run).map(({ line }) => line))].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last !== undefined && line === last[1] + 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(' ');
}

/** A table of the folders: the number of statements, and the percentage that ran in the unit tests and in all tests. */
export function coverageTable(units: readonly FileCoverage[], all: readonly FileCoverage[]): string {
  const folders = Object.groupBy(all, ({ path }) => folderOf(path));
  const rows = Object.entries(folders)
    .map(([folder, files = []]) => rowOf(folder, units, files))
    .sort();
  return ['folder                   statements   units     all', ...rows, rowOf('all of src', units, all)].join('\n');
}

// Subfolders of src/cli and src/host have their own rows; any other folder below src/ is one row.
function folderOf(path: string): string {
  const [src = '', folder = '', ...rest] = path.split('/');
  if (rest.length === 0) return src;
  return ['cli', 'host'].includes(folder) && rest.length > 1 ? `${src}/${folder}/${rest[0] ?? ''}` : `${src}/${folder}`;
}

function rowOf(name: string, units: readonly FileCoverage[], files: readonly FileCoverage[]): string {
  const paths = new Set(files.map(({ path }) => path));
  const count = files.reduce((sum, { statements }) => sum + statements.length, 0);
  const byUnits = units.filter(({ path }) => paths.has(path));
  const columns = [String(count).padStart(10), percent(byUnits, count), percent(files, count)];
  return [name.padEnd(24), ...columns].join(' ');
}

function percent(files: readonly FileCoverage[], count: number): string {
  const run = files.reduce((sum, { statements }) => sum + statements.filter((each) => each.run).length, 0);
  return (count === 0 ? '-' : ((100 * run) / count).toFixed(1)).padStart(7);
}
