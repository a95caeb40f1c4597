import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa, type Options, type ResultPromise } from 'execa';
import { type Finished, type Given, runCommand } from './starter.ts';

// What a host mounts, in this order. `mount --all` leaves out what is mounted already, from the same source to the same
// target: the sources have the name of the host, since it may be inside another one.
const mounts = (name: string): string => `
${name}         /run                 tmpfs  mode=755
${name}         /run/overlay         tmpfs  X-mount.mkdir
/sys/fs/cgroup  /run/overlay/cgroup  none   rbind,X-mount.mkdir
${name}         /sys                 sysfs  defaults
${name}         /var/lib             tmpfs  mode=755
${name}         /dev/shm             tmpfs  defaults
`;

// Everything below runs in new namespaces. /run and /var/lib start empty; writing to /etc and to the CNI plugin
// directory does not change the machine; /sys shows the links of this host instead of the machine's.
const setUp = `
set -e
mount --all --fstab "$1/mounts"
mount --move /run/overlay/cgroup /sys/fs/cgroup
mkdir -p /run/netns /run/lock /run/overlay/etc /run/overlay/etc-work /run/overlay/cni /run/overlay/cni-work
mount -t overlay -o lowerdir=/etc,upperdir=/run/overlay/etc,workdir=/run/overlay/etc-work overlay /etc
[ ! -d /usr/lib/cni ] || mount -t overlay \\
  -o lowerdir=/usr/lib/cni,upperdir=/run/overlay/cni,workdir=/run/overlay/cni-work overlay /usr/lib/cni
ip link set lo up
echo ready
# Not exec: as process 1 the shell takes in the orphans of this host when they end.
cat >/dev/null
:
`;

// Runs outside the namespaces and outlives the test process. When that has ended in any way, the standard input ends,
// too. Then the namespaces end, and this removes what does not end with them. A cgroup can be removed only if it is
// empty.
const guard = `
trap '' INT TERM HUP
unshare --mount --net --pid --fork --kill-child=KILL --mount-proc -- sh -c "$2" host "$1"
code=$?
for cgroup in "/sys/fs/cgroup$3" /sys/fs/cgroup/*"$3"; do
  [ ! -d "$cgroup" ] || find "$cgroup" -depth -type d -exec rmdir {} + || code=1
done
rm -rf "$1" || code=1
exit $code
`;

// The compiler takes ten seconds to compare the result of one call of execa with that of another.
function start(command: string, args: readonly string[], options: Options): ResultPromise {
  return execa(command, args, options) as unknown as ResultPromise;
}

/** The process that keeps the namespaces alive: they end when its standard input does. */
type Init = ResultPromise<{ stdin: 'pipe'; reject: false }>;

/**
 * A separate host on this machine: network, mount and process namespaces with an empty /run. It ends with everything in
 * it when it is disposed of, or when the test process dies in any way.
 */
export class Host implements AsyncDisposable {
  /** Process id, as seen from outside, of the first process in the namespaces. */
  readonly pid: number;
  /** A temporary directory with the same path inside and outside. */
  readonly directory: string;
  /** A cgroup for all containers of this host, which ends with the host. The first user creates it. */
  readonly cgroup: string;
  readonly #init: Init;

  private constructor(pid: number, directory: string, cgroup: string, init: Init) {
    this.pid = pid;
    this.directory = directory;
    this.cgroup = cgroup;
    this.#init = init;
  }

  /**
   * Makes a host with only `lo`, which is up. Needs CAP_SYS_ADMIN, or a user namespace that has it. With `within`, the
   * host is inside another one: it ends with that one at the latest, and its directory and cgroup are in those of that
   * one.
   */
  static async create(within?: Host): Promise<Host> {
    const directory = await mkdtemp(
      within === undefined ? join(tmpdir(), 'dan-host-') : join(within.directory, 'host-'),
    );
    const table = join(directory, 'mounts');
    await writeFile(table, mounts(basename(directory)));
    const cgroup = `${within?.cgroup ?? ''}/${basename(directory)}`;
    const args = ['-c', guard, 'guard', directory, setUp, cgroup];
    const options: Options = { stdin: 'pipe', reject: false, cleanup: false };
    const started = within === undefined ? start('sh', args, options) : within.spawn('sh', args, options);
    const init = started as unknown as Init;
    const ready = await Promise.race<unknown>([once(init.stdout, 'data'), init]);
    if (!Array.isArray(ready)) throw new Error(`no namespaces for a test host: ${(await init).stderr}`);
    await rm(table);
    const guardPid = within === undefined ? init.pid : await onlyChild(init.pid);
    return new Host(await onlyChild(await onlyChild(guardPid)), directory, cgroup, init);
  }

  /** Starts a command inside, in the directory `/`; the caller awaits or kills it. */
  spawn(command: string, args: readonly string[], options: Options = {}): ResultPromise {
    const inside = ['--target', String(this.pid), '--mount', '--net', '--pid', '--wdns=/', '--'];
    return start('nsenter', [...inside, command, ...args], options);
  }

  /** Runs a command inside to its end, whatever its exit code. */
  async run(command: string, args: readonly string[], given: Given = {}): Promise<Finished> {
    return runCommand([command, ...args], this.pid, given);
  }

  /** Runs a shell script inside and returns its trimmed output; throws with its output if it fails. */
  async sh(script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run('sh', ['-ec', script]);
    if (exitCode !== 0) throw new Error(`exit code ${exitCode} from: ${script}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Makes an empty network namespace for a pod and returns its path. */
  async podNetns(name: string): Promise<string> {
    await this.sh(`ip netns add ${name}; ip -n ${name} link set lo up`);
    return `/run/netns/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#init.stdin.end();
    const { exitCode, stderr } = await this.#init;
    if (exitCode !== 0) throw new Error(`the test host ${this.directory} did not end cleanly: ${stderr}`);
  }
}

async function onlyChild(pid = 0): Promise<number> {
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim());
}
