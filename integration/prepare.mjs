// Installs what the npm scripts need: npm packages, and the Debian packages of the groups in the arguments. It runs
// before anything is installed, on the machine's own Node (20 is enough), so it is plain JavaScript without packages.
// The npm scripts that follow run on the Node among the packages, which npm puts first in PATH.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Debian 12 packages by purpose. */
const packages = {
  // iproute2: the build attaches a sandbox to find out which pages of the snapshot a call writes.
  build: ['python3', 'python3-venv', 'iproute2'],
  network: ['iproute2', 'util-linux', 'procps', 'strace', 'iputils-ping', 'containernetworking-plugins'],
  executable: ['binutils', 'time'],
  guest: [
    'qemu-system-x86',
    'qemu-user',
    'seabios',
    'busybox-static',
    'cpio',
    'lz4',
    'ipvsadm',
    'conntrack',
    'nftables',
  ],
  containerd: ['containerd', 'runc', 'busybox-static'],
  ovs: ['openvswitch-switch', 'openvswitch-switch-dpdk', 'librte-mempool-ring23'],
  monitoring: ['prometheus'],
  shells: ['bash', 'fish', 'zsh'],
  podman: ['podman', 'runc', 'busybox-static'],
  sanitize: ['gcc', 'libc6-dev'],
  clients: ['golang-go'],
  kubernetes: ['openssl', 'nftables', 'conntrack', 'iptables'],
  bench: ['gcc', 'libc6-dev', 'valgrind', 'xz-utils'],
};

/** Commands that succeed if a program exists, whatever its source. */
const signs = {
  python3: ['python3', '--version'],
  'python3-venv': ['python3', '-c', 'import ensurepip, venv'],
  iproute2: ['ip', '-V'],
  'golang-go': ['go', 'version'],
};

/** Packages with a minimum version, and what to do if Debian's is older. */
const oldest = {
  'golang-go': {
    version: '2:1.24',
    instead: 'Install Go 1.24 or newer from https://go.dev/dl/ and put its "go" into PATH.',
  },
};

installNpmPackages();
const groups = process.argv.slice(2);
if (groups.length > 0) installDebianPackages(groups.flatMap((group) => packages[group]));

function installNpmPackages() {
  const installed = `${root}/node_modules/.package-lock.json`;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${root}/package-lock.json`).mtimeMs) return;
  console.log('Installing the npm packages of package-lock.json ...');
  // Only what the lock file names by checksum; no package may run its own install script.
  const install = ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'];
  execFileSync('npm', install, { cwd: root, stdio: 'inherit' });
}

function installDebianPackages(wanted) {
  const missing = wanted.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  if (process.getuid() !== 0) {
    console.log(`Not installed, and only root can install them: ${missing.join(' ')}`);
    return;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const useful = missing.filter(isNewEnough);
  if (useful.length === 0) return;
  console.log(`Installing the Debian packages ${useful.join(' ')} ...`);
  const apt = ['install', '-qq', '-y', '--no-install-recommends', ...useful];
  execFileSync('apt-get', apt, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

function isInstalled(name) {
  const [program, ...args] = signs[name] ?? [];
  if (program !== undefined) return spawnSync(program, args).status === 0;
  const query = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' });
  return query.status === 0 && query.stdout === 'installed';
}

/** Whether the version that apt would install is new enough; if not, says what to do. */
function isNewEnough(name) {
  const { version, instead } = oldest[name] ?? {};
  if (version === undefined) return true;
  const { stdout } = spawnSync('apt-cache', ['show', '--no-all-versions', name], { encoding: 'utf8' });
  const candidate = /^Version: (.*)$/m.exec(stdout)?.[1] ?? '0';
  if (spawnSync('dpkg', ['--compare-versions', candidate, 'ge', version]).status === 0) return true;
  console.log(`Not installed: Debian's ${name} is ${candidate}. ${instead}`);
  return false;
}
