import { once } from 'node:events';
import { execa, type ResultPromise } from 'execa';

// The number of huge pages belongs to the machine: namespaces do not have their own. So this runs outside of the test
// host and outlives the test process: when that has ended in any way, the standard input ends, too. It subtracts what
// it added instead of restoring the old number, so that changes by others stay. Pages that are still in use disappear
// when they become free. Two of these would count each other's pages, so the second waits for the first to end.
const guard = `
trap '' INT TERM HUP
number=/proc/sys/vm/nr_hugepages
exec 9<$number
flock 9
count() { awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo; }
free() { echo $(($(count HugePages_Free) - $(count HugePages_Rsvd))); }
missing=$(($1 - $(free)))
before=$(cat $number)
if [ $missing -gt 0 ]; then echo $((before + missing)) >$number || exit; fi
added=$(($(cat $number) - before))
if [ "$(free)" -ge "$1" ]; then echo ready; cat >/dev/null
else echo "$(free) of $1 huge pages are free after vm.nr_hugepages was raised from $before by $added" >&2; fi
if [ $added -gt 0 ]; then echo $(($(cat $number) - added)) >$number; fi
`;

/** The process that keeps the pages, and gives them back when its standard input ends. */
type Guard = ResultPromise<{ stdin: 'pipe'; reject: false }>;

/** Huge pages of the machine that nothing else uses, until the test process ends or this is disposed of. */
export class HugePages implements AsyncDisposable {
  readonly #guard: Guard;

  private constructor(keeper: Guard) {
    this.#guard = keeper;
  }

  /** Makes sure that `count` pages are free, and adds only the missing ones. Needs the machine's root. */
  static async reserve(count: number): Promise<HugePages> {
    const options = { stdin: 'pipe', reject: false, cleanup: false } as const;
    const keeper = execa('sh', ['-c', guard, 'guard', String(count)], options) as unknown as Guard;
    const first = await Promise.race<unknown>([once(keeper.stdout, 'data'), keeper]);
    if (!Array.isArray(first)) {
      throw new Error(
        `no ${count} huge pages on this machine: ${(await keeper).stderr}; only root may have more, and a machine that has ` +
          'been up for long may have no memory in one piece',
      );
    }
    return new HugePages(keeper);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#guard.stdin.end();
    const { exitCode, stderr } = await this.#guard;
    if (exitCode !== 0) throw new Error(`the machine's number of huge pages was not restored: ${stderr}`);
  }
}
