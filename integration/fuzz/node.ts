import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { makeBridge } from '../host-tap/network.ts';
import { type Json, linkedAddress, linkedPod } from './corpus.ts';
import type { Ended } from './outcome.ts';

/** The executable, at a path that stays visible when something is mounted over the build's directory. */
const program = '/run/program';

/** Seconds after which a call counts as hanging. */
const limit = 10;

/** The input of a fuzzed call. */
export interface FuzzedCall {
  readonly variables: Readonly<Record<string, string>>;
  readonly input: Uint8Array;
}

/** Writable places: everything else is mounted read-only. */
const writable = ['/etc', '/run', '/tmp', '/usr/lib/cni', '/var/lib'];

/** The places to compare: the upper layers of /etc and /usr/lib/cni are in /run. */
const watched = ['/run', '/tmp', '/var/lib'];

/** A host whose files and links are compared after every call, through /proc and without extra processes. */
export class FuzzedNode implements AsyncDisposable {
  readonly #host: Host;
  readonly #before: ReadonlyMap<string, string>;
  readonly #links: string;
  readonly #pods: string;

  private constructor(host: Host, pods: string) {
    this.#host = host;
    this.#before = this.#list();
    this.#links = this.#linkNames();
    this.#pods = pods;
  }

  static async create(): Promise<FuzzedNode> {
    const host = await Host.create();
    await makeBridge(host);
    await host.podNetns('pod');
    await host.podNetns(linkedPod);
    await host.sh(`
      ip -n ${linkedPod} link add eth0 type veth peer name other0 netns 1
      ip link set other0 addrgenmode none up
      ip -n ${linkedPod} link set eth0 addrgenmode none up
      ip -n ${linkedPod} addr add ${linkedAddress} dev eth0
      mkdir /run/trap
      touch ${program}
      mount --bind '${executable}' ${program}
      mount -t tmpfs -o mode=1777 tmpfs /tmp
      mount -o remount,bind,ro /dev
      mount -o remount,bind,ro /
      for directory in ${writable.join(' ')}; do [ -w "$directory" ]; done`);
    return new FuzzedNode(host, await podsOf(host));
  }

  /** Calls the plugin with exactly these variables and this input. */
  async call({ variables, input }: FuzzedCall): Promise<Ended> {
    const { exitCode, timedOut, stdout, stderr } = await this.#host.spawn(program, [], {
      input,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...variables },
      extendEnv: false,
      reject: false,
      timeout: limit * 1000,
      stripFinalNewline: false,
    });
    return { exitCode, timedOut, stdout: String(stdout), stderr: String(stderr) };
  }

  /**
   * What has appeared since the start and must not stay: links, files, and changes of existing files. Locks may stay,
   * and so may directories that the configuration names, its log, and two files of host-local.
   */
  leftovers(config: Json | undefined): readonly string[] {
    const may = mayStay(config ?? {});
    const now = this.#list();
    const links = this.#linkNames();
    return [
      ...(links === this.#links ? [] : [`links: ${links}`]),
      ...[...now].flatMap(([path, what]) => {
        const before = this.#before.get(path);
        return before === what || (before === undefined && may(path, what)) ? [] : [`${path} (${what})`];
      }),
      ...[...this.#before.keys()].filter((path) => !now.has(path)).map((path) => `${path} is gone`),
    ];
  }

  /** What changed in the pods' namespaces since the start. */
  async podsLeft(): Promise<readonly string[]> {
    const now = await podsOf(this.#host);
    return now === this.#pods ? [] : [`pods: ${now}`];
  }

  /** Removes the links and files that have appeared since the start, so that calls do not depend on earlier ones. */
  async reset(): Promise<void> {
    const came = this.#linkNames()
      .split(' ')
      .filter((name) => !this.#links.split(' ').includes(name));
    for (const name of came) await this.#host.run('ip', ['link', 'del', name]);
    for (const path of this.#list().keys()) {
      if (!this.#before.has(path)) rmSync(this.outside(path), { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
  }

  /** The path outside of the host for a path inside. */
  outside(path: string): string {
    return `/proc/${this.#host.pid}/root${path}`;
  }

  #linkNames(): string {
    const table = readFileSync(`/proc/${this.#host.pid}/net/dev`, 'utf8');
    return table
      .split('\n')
      .flatMap((line) => /^\s*(\S+):/.exec(line)?.[1] ?? [])
      .sort()
      .join(' ');
  }

  #list(): ReadonlyMap<string, string> {
    return new Map(watched.flatMap((directory) => [...this.#below(directory)]));
  }

  *#below(directory: string): Iterable<[string, string]> {
    for (const entry of readdirSync(this.outside(directory), { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        yield [path, 'directory'];
        yield* this.#below(path);
      } else if (entry.isFile()) {
        const { ino, size, mtimeMs } = statSync(this.outside(path));
        yield [path, `file ${ino}, ${size} bytes, changed ${mtimeMs}`];
      } else yield [path, 'neither file nor directory'];
    }
  }
}

async function podsOf(host: Host): Promise<string> {
  return await host.sh(`for pod in pod ${linkedPod}; do
    ip -n $pod addr show; tc -n $pod qdisc show; done`);
}

function mayStay(config: Json): (path: string, what: string) => boolean {
  const named = (key: string): readonly string[] => {
    const value = config[key];
    return typeof value === 'string' && isAbsolute(value) ? [resolve(value)] : [];
  };
  const { dataDir } = (config['ipam'] ?? {}) as Json;
  const leases = resolve('/', typeof dataDir === 'string' && dataDir !== '' ? dataDir : '/var/lib/cni/networks');
  const directories = ['/run/dan', '/run/kata-containers/dans', leases, ...named('danConf'), ...named('socketDir')];
  const logs = named('logFile');
  return (path, what) => {
    if (what === 'directory') {
      return directories.some(
        (directory) => `${directory}/`.startsWith(`${path}/`) || path.startsWith(`${directory}/`),
      );
    }
    return (
      path.startsWith('/run/dan/locks/') ||
      path === '/run/dan/sweep.json' ||
      path === '/run/dan/calls-1' ||
      logs.includes(path) ||
      (path.startsWith(`${leases}/`) && /\/(lock|last_reserved_ip\.\d+)$/.test(path))
    );
  };
}
