import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, type ResultPromise } from 'execa';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The user `nobody`, which every Linux has. */
const nobody = 65534;

// Outlives the test process: when that ends, so does the standard input, then every process in here, and then the
// directory is removed.
const guard = `
trap '' INT TERM HUP
unshare --mount --pid --fork --kill-child=KILL --mount-proc -- sh -c 'echo ready; cat >/dev/null; :'
rm -rf "$1"
`;

type Guard = ResultPromise<{ stdin: 'pipe'; reject: false }>;

/** A clone of this repository's last commit that belongs to a user other than root, with an empty home directory. */
export class FreshClone implements AsyncDisposable {
  /** The directory of the clone. */
  readonly path: string;
  readonly #home: string;
  readonly #guard: Guard;
  readonly #pid: number;

  private constructor(home: string, guard: Guard, pid: number) {
    this.path = join(home, 'dan');
    this.#home = home;
    this.#guard = guard;
    this.#pid = pid;
  }

  /** Makes the clone. Needs root, git, and a temporary directory with room for npm's packages and the compiler. */
  static async create(): Promise<FreshClone> {
    const home = await mkdtemp(join(tmpdir(), 'dan-clone-'));
    const kept = execa('sh', ['-c', guard, 'guard', home], { stdin: 'pipe', reject: false, cleanup: false });
    await once(kept.stdout, 'data');
    const pid = await onlyChild(await onlyChild(kept.pid));
    const clone = new FreshClone(home, kept as unknown as Guard, pid);
    try {
      await chown(home, nobody, nobody);
      await mkdir(clone.path);
      await execa('git', ['clone', '--quiet', '--no-hardlinks', root, clone.path]);
      await execa('chown', ['--recursive', `${nobody}:${nobody}`, clone.path]);
      return clone;
    } catch (error) {
      await clone[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a command line in the clone, as its user or as root; returns its output. Throws if it fails. */
  async run(line: string, as: 'user' | 'root' = 'user'): Promise<string> {
    return (await this.#start(line, as)).all;
  }

  /** Runs a command line on a terminal until it has printed `text`. Then types `keys`, which must end it. */
  async runUntil(line: string, text: string, keys: string): Promise<void> {
    const running = this.#start(`script --quiet --return --command '${line}' /dev/null`, 'user', 'pipe');
    let printed = '';
    running.all.on('data', (chunk: Buffer) => {
      if (printed.includes(text)) return;
      printed += chunk.toString();
      if (printed.includes(text)) running.stdin?.write(keys);
    });
    await running;
  }

  #start(line: string, as: 'user' | 'root', stdin: 'ignore' | 'pipe' = 'ignore') {
    const user = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'];
    const shell = [...(as === 'user' ? user : []), 'sh', '-c', `cd "$0" && exec ${line}`, this.path];
    const enter = ['--target', String(this.#pid), '--mount', '--pid', '--', ...shell];
    return execa('nsenter', enter, { all: true, stdin, extendEnv: false, env: this.#env(as) });
  }

  // The machine's settings for proxies and registries apply to every user; npm's settings for this test run do not.
  #env(as: 'user' | 'root'): Record<string, string | undefined> {
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(npm_|VITEST|DAN_|XDG_|NODE_|CI$|INIT_CWD$)/.test(name),
    );
    const path = process.env['PATH']?.split(delimiter).filter((directory) => !directory.includes('node_modules'));
    const home = as === 'user' ? { HOME: this.#home } : {};
    return { ...Object.fromEntries(own), ...home, PATH: path?.join(delimiter) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#guard.stdin.end();
    await this.#guard;
  }
}

async function onlyChild(pid = 0): Promise<number> {
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim());
}
