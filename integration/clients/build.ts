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
import { builtPrograms, cacheDirectory, type Module, moduleSource, suites } from './programs.ts';
import { adaptSuite } from './tap-suite-edits.ts';

// Builds the programs for a test suite (build.ts clients, build.ts kubernetes), and keeps them outside of the clone.
// Programs that exist already are not built again, and then Go is not needed.

/** The first Go that supports `tool` lines in go.mod. It downloads a newer Go if a module requires one. */
const oldestGo = [1, 24] as const;

/** Without symbols and debugging information. */
const linkerFlags = '-ldflags=-s -w';

/** Flags of every build: only the versions that go.mod and go.sum pin, and module files that `rm -r` can remove. */
const flags = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-modcacherw', linkerFlags];

/** The version for the programs of Kubernetes, whose own build takes it from git. */
const kubernetesVersion = /k8s\.io\/kubernetes (v\S+)/;

/** Modules with a main.go, which is what is built. Of the others, the `tool` lines of go.mod are built. */
const ownPrograms: ReadonlySet<Module> = new Set(['coredns', 'go-cni']);

/** Files of the modules that install their programs in a cluster, by module. */
const manifests = {
  multus: { of: 'gopkg.in/k8snetworkplumbingwg/multus-cni.v4', files: ['deployments/multus-daemonset.yml'] },
  whereabouts: { of: 'github.com/k8snetworkplumbingwg/whereabouts', files: ['doc/crds/*.yaml', 'script/*.sh'] },
} as const;

const suite = process.argv[2] as keyof typeof suites;
const missing = suites[suite].filter((module) => !existsSync(builtPrograms(module)));
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
    go(source, 'build', ...flagsOf(module, source), '-o', programs, ownPrograms.has(module) ? '.' : 'tool');
    if (module === 'plugins') buildTapSuite(source, programs);
    if (module === 'multus' || module === 'whereabouts') copyManifests(module, source, programs);
    // If two builds run at the same time, the first one renames, and the second discards its equal result.
    if (!existsSync(builtPrograms(module))) renameSync(programs, builtPrograms(module));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  console.log(`Built ${module} in ${Math.round((Date.now() - start) / 1000)} s`);
}

/** The flags of a module's build. */
function flagsOf(module: Module, source: string): readonly string[] {
  if (module !== 'kubernetes') return flags;
  const [, version = ''] = kubernetesVersion.exec(readFileSync(join(source, 'go.mod'), 'utf8')) ?? [];
  const set = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`;
  const [major = '', minor = ''] = version.slice(1).split('.');
  const values = [set('gitVersion', version), set('gitMajor', major), set('gitMinor', minor)];
  return [...flags, `${linkerFlags} ${values.join(' ')}`];
}

/** Copies the files of a module that install its programs in a cluster beside the programs. */
function copyManifests(module: keyof typeof manifests, source: string, programs: string): void {
  const { of, files } = manifests[module];
  const cwd = go(source, 'list', '-m', '-f', '{{.Dir}}', of);
  for (const path of globSync([...files], { cwd })) {
    writeFileSync(join(programs, basename(path)), readFileSync(join(cwd, path)));
  }
}

/** Builds the test suite of the reference tap plugin from its files in the module, with our edits for dan. */
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
      // Distributions set "local" for everybody, which prevents Go from downloading the version that a module requires.
      GOTOOLCHAIN: process.env['GOTOOLCHAIN'] ?? 'auto',
    },
  });
  return stdout;
}

/** Ends with a message if there is no Go, or if it is too old. */
function demandGo(): void {
  const wanted = `Go ${oldestGo.join('.')} or newer`;
  const { stdout, exitCode } = execaSync('go', ['env', 'GOVERSION'], { reject: false });
  if (exitCode !== 0) fail(`${wanted} is needed, and there is no "go" in PATH.`);
  const [, minor = '0'] = /^go1\.(\d+)/.exec(stdout) ?? [];
  if (Number(minor) < oldestGo[1]) fail(`${wanted} is needed, and "go" in PATH is ${stdout}.`);
}

function fail(what: string): never {
  console.error(`
The tests of npm run test:${suite} CANNOT RUN.
${what} They build the programs that they test with from their sources.
Install Go from https://go.dev/dl/, put its "go" into PATH, and run the command again.
`);
  process.exit(1);
}
