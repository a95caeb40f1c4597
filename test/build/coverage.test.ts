import { expect, test } from 'vitest';
import { coverageTable, fromIstanbul, linesNotRun, withScript } from '../../build/coverage/coverage.ts';

const text = 'const a = 1;\nif (a > 1) {\n  b();\n  c();\n}\nfunction d() {\n  e();\n}\n';
const at = (line: number, column: number) => ({ start: { line, column } });
const units = fromIstanbul('src/kinds/a.ts', text, {
  statementMap: { 0: at(1, 0), 1: at(2, 0), 2: at(3, 2), 3: at(4, 2), 4: at(7, 2) },
  s: { 0: 1, 1: 1, 2: 0, 3: 0, 4: 0 },
});

/** V8's data: the script, a block in it, and a function. */
const script = (block: number, called: number) => ({
  functions: [
    {
      ranges: [
        { startOffset: 0, endOffset: text.length, count: 1 },
        { startOffset: text.indexOf('{'), endOffset: text.indexOf('}') + 1, count: block },
      ],
    },
    { ranges: [{ startOffset: text.indexOf('function'), endOffset: text.length - 1, count: called }] },
  ],
});

test('lines that no unit test ran are named', () => {
  expect(linesNotRun(units)).toBe('3-4 7');
});

test('what a process ran counts by the innermost range around a statement', () => {
  expect(linesNotRun(withScript(units, script(0, 0)))).toBe('3-4 7');
  expect(linesNotRun(withScript(units, script(0, 2)))).toBe('3-4');
  expect(linesNotRun(withScript(withScript(units, script(0, 2)), script(1, 0)))).toBe('');
});

test('the table has a row for each folder, and for each command', () => {
  const other = { path: 'src/cli/list/list.ts', statements: [{ line: 1, offset: 0, run: false }] };
  expect(coverageTable([units, other], [withScript(units, script(0, 2)), other]).split('\n')).toEqual([
    'folder                   statements   units     all',
    'src/cli/list                      1     0.0     0.0',
    'src/kinds                         5    40.0    60.0',
    'all of src                        6    33.3    50.0',
  ]);
});
