import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { execaSync } from 'execa';
import { builtPrograms, cacheDirectory, type Module, modules, moduleSource } from './programs.ts';
import { adaptSuite } from './tap-suite-edits.ts';

// Builds the CNI clients and the reference plugins that integration/clients tests with, and keeps them outside of the
// clone. What is built already is not built again, and then Go is not needed.

/** The first Go that knows the `tool` lines of our go.mod files. It fetches a newer one where a module asks for it. */
const oldestGo = [1, 24] as const;

/** Flags of every build: nothing but what go.mod and go.sum pin, and module files that `rm -r` can remove. */
const flags = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-modcacherw', '-ldflags=-s -w'];

const missing = modules.filter((module) => !existsSync(builtPrograms(module)));
if (missing.length > 0) {
  demandGo();
  for (const module of missing) buildModule(module);
}

function buildModule(module: Module): void {
  const start = Date.now();
  mkdirSync(cacheDirectory(), { recursive: true });
  const temporary = mkdtempSync(join(cacheDirectory(), 'building-'));
  try {
    const source = join(temporary, 'source');
    const programs = `${join(temporary, 'programs')}/`;
    mkdirSync(programs);
    cpSync(moduleSource(module), source, { recursive: true });
    go(source, 'build', ...flags, '-o', programs, module === 'go-cni' ? '.' : 'tool');
    if (module === 'plugins') buildTapSuite(source, programs);
    // Of two that build at the same time the first renames, and the second throws away the same that it has made.
    if (!existsSync(builtPrograms(module))) renameSync(programs, builtPrograms(module));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  console.log(`Built ${module} in ${Math.round((Date.now() - start) / 1000)} s`);
}

/** Builds the suite of the reference tap plugin, from its own files in the module, with ours in the plugin's place. */
function buildTapSuite(source: string, programs: string): void {
  const plugins = go(source, 'list', '-m', '-f', '{{.Dir}}', 'github.com/containernetworking/plugins');
  const suite = join(source, 'tap-suite');
  for (const file of globSync(join(plugins, 'plugins/main/tap/*_test.go'))) {
    const text = readFileSync(file, 'utf8');
    const name = basename(file);
    writeFileSync(join(suite, name), name === 'tap_test.go' ? adaptSuite(text) : text);
  }
  go(suite, 'test', ...flags, '-c', '-o', join(programs, 'tap-suite'), '.');
}

/** Runs Go in a directory and returns what it printed. Its own messages go to the terminal. */
function go(cwd: string, ...args: readonly string[]): string {
  const { stdout } = execaSync('go', args, {
    cwd,
    stderr: 'inherit',
    env: {
      CGO_ENABLED: '0',
      GOWORK: 'off',
      GOCACHE: join(cacheDirectory(), 'go-objects'),
      GOMODCACHE: join(cacheDirectory(), 'go-modules'),
      // Distributions set "local" for everybody, which keeps Go from fetching the Go that a module asks for.
      GOTOOLCHAIN: process.env['GOTOOLCHAIN'] ?? 'auto',
    },
  });
  return stdout;
}

/** Ends with a message where there is no Go, or one that is too old. */
function demandGo(): void {
  const wanted = `Go ${oldestGo.join('.')} or newer`;
  const { stdout, exitCode } = execaSync('go', ['env', 'GOVERSION'], { reject: false });
  if (exitCode !== 0) fail(`${wanted} is needed, and there is no "go" in PATH.`);
  const [, minor = '0'] = /^go1\.(\d+)/.exec(stdout) ?? [];
  if (Number(minor) < oldestGo[1]) fail(`${wanted} is needed, and "go" in PATH is ${stdout}.`);
}

function fail(what: string): never {
  console.error(`
The tests with real CNI clients (npm run test:clients) CANNOT RUN.
${what} They build the clients from their sources.
Install Go from https://go.dev/dl/, put its "go" into PATH, and run the command again.
`);
  process.exit(1);
}
