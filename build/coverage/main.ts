import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  coverageTable,
  type FileCoverage,
  fromIstanbul,
  type IstanbulFile,
  linesNotRun,
  type V8Script,
  withScript,
} from './coverage.ts';

// `npm run coverage` measures which statements of src/ the unit tests run, and, as root, which ones the integration
// tests run in addition. The integration tests call the program for Node from its sources, since the engine of the
// executable cannot measure coverage. `host/netlink/` and `native*.ts`, which only the executable has, count only in
// the unit tests.

/** Integration tests that do not depend on the executable itself, and that kill it only at few moments. */
const integration = [
  ...[
    'advice',
    'doctor',
    'gc/gc',
    'gc/proofs',
    'host-tap',
    'kata-network/sandbox',
    'list',
    'macvtap/device',
    'metrics/metrics',
  ],
  ...['ovs/host-tap', 'plan', 'pod-namespace/late', 'tcfilter/restored', 'tcfilter/rows', 'upgrade'],
].map((path) => `integration/${path}`);

const root = fileURLToPath(new URL('../../', import.meta.url));
const directory = join(root, 'dist', 'coverage');
const processes = join(directory, 'processes');

rmSync(directory, { recursive: true, force: true });
mkdirSync(processes, { recursive: true });
vitest(
  ...['--project', 'unit', '--coverage.enabled', '--coverage.provider=v8', '--coverage.include=src/**/*.ts'],
  ...[
    '--coverage.reporter=json',
    '--coverage.reportOnFailure',
    `--coverage.reportsDirectory=${join(directory, 'units')}`,
  ],
);
const units = ofUnits();
if (process.getuid?.() === 0) {
  removeTypes();
  writeProgram();
  vitest('--project', 'integration', ...integration);
} else {
  say('Left out, since only root can run them: the integration tests.');
}
const all = withProcesses(units);
const notRun = join(directory, 'not-run.txt');
const lines = all.map((file) => `${file.path}: ${linesNotRun(file)}`).filter((line) => !line.endsWith(': '));
writeFileSync(notRun, `${lines.join('\n')}\n`);
say(`\n${coverageTable(units, all)}\n\nThe lines that were not run are in ${relative(root, notRun)}.`);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function vitest(...args: readonly string[]): void {
  const env = { ...process.env, DAN_TEST_PROGRAM: 'covered' };
  // This program is ten times as slow as the executable, so some tests fail. The tests of the executable report real
  // faults.
  spawnSync('vitest', ['run', ...args], { cwd: root, stdio: 'inherit', env });
}

function removeTypes(): void {
  for (const path of globSync('src/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.d.ts'))) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, stripTypeScriptTypes(readFileSync(join(root, path), 'utf8')));
  }
}

// This program replaces the executable, in whatever environment a test calls it.
function writeProgram(): void {
  const words = [
    process.execPath,
    '--import',
    join(root, 'build/coverage/sources.ts'),
    join(root, 'src/main-on-node.ts'),
  ];
  const program = join(directory, 'dan');
  const command = words.map((word) => `'${word}'`).join(' ');
  writeFileSync(program, `#!/bin/sh\nNODE_V8_COVERAGE='${processes}' exec ${command} "$@"\n`);
  chmodSync(program, 0o755);
}

function ofUnits(): readonly FileCoverage[] {
  const written = readFileSync(join(directory, 'units', 'coverage-final.json'), 'utf8');
  const files = JSON.parse(written) as Readonly<Record<string, IstanbulFile>>;
  return Object.entries(files).map(([path, file]) =>
    fromIstanbul(relative(root, path), readFileSync(path, 'utf8'), file),
  );
}

function withProcesses(files: readonly FileCoverage[]): readonly FileCoverage[] {
  const byUrl = new Map(files.map((file) => [pathToFileURL(join(root, file.path)).href, file]));
  for (const name of readdirSync(processes)) {
    const { result } = JSON.parse(readFileSync(join(processes, name), 'utf8')) as {
      readonly result: readonly (V8Script & { readonly url: string })[];
    };
    for (const script of result) {
      const file = byUrl.get(script.url);
      if (file !== undefined) byUrl.set(script.url, withScript(file, script));
    }
  }
  return [...byUrl.values()];
}
