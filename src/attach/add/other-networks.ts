import { system } from '#system';
import { namesIn, statusAt } from '../../host/files.ts';
import { wait } from '../../host/command.ts';
import { danError } from '../../model/error.ts';
import type { Link } from '../../model/link.ts';
import type { CniError } from '../../protocol/error.ts';
import type { Interruption } from '../../protocol/interruption.ts';
import { readResult } from '../../protocol/result.ts';
import { addressedText } from '../hidden-links.ts';
import { recordPath } from '../record.ts';
import type { Task } from './task.ts';

/** Seconds that an ADD waits for the other networks of its sandbox, counted from its start. */
const longestWaitSeconds = 10;

/** Milliseconds between two looks at the pod if the sandbox's file does not change. */
const lookAgain = 250;

/** Milliseconds between two looks at the sandbox's file. */
const lookAtFileAgain = 10;

/** Where libcni caches the result of a list once all of its plugins have run (libcni/api.go, getCacheFilePath). */
const resultsOfLibcni = '/var/lib/cni/results';

/**
 * An ADD that waits for the other networks of its sandbox. Some clients attach all networks of a sandbox at once. A
 * plugin of another list may have made a link with an address before the dan in that list runs. That dan needs the
 * sandbox's lock, so this ADD must not hold it. Two ADDs that wait for each other see from the records which link each
 * of them carries.
 */
export class OtherNetworks {
  readonly #task: Task;
  readonly #end = system.now() + longestWaitSeconds * 1000;
  #record: number | undefined;

  constructor(task: Task) {
    this.#task = task;
  }

  /** Whether this attachment has written its record and has waited. */
  get isAnnounced(): boolean {
    return this.#record !== undefined;
  }

  /** Notes that the record is written: the other networks now see which link this attachment carries. */
  announced(): void {
    this.#record = this.#recordFile();
  }

  /** Refuses to continue after a DEL, which does not wait for an ADD without the lock. Throws `interrupted`. */
  refuseDeleted(): void {
    if (this.#record === this.#recordFile()) return;
    throw danError(
      'interrupted',
      'a DEL of this attachment came while it waited for another network of its sandbox: nothing was made',
    );
  }

  /** Refuses a link that the guest would lose if no other dan will carry it. Throws `pod-link-hidden`. */
  refuseLost(hidden: Link): void {
    const waited = this.isAnnounced && system.now() > this.#end;
    if (!waited && this.#isOnItsWay(hidden)) return;
    throw podLinkHidden(this.#task.request.environment.netns, hidden, waited);
  }

  /** Waits until the sandbox's file changes, the ADD is interrupted, or it is time to look at the pod again. */
  async changed(interrupted: Interruption | undefined): Promise<void> {
    const { file } = this.#task;
    const before = statusAt(file)?.ino;
    for (const end = system.now() + lookAgain; system.now() < end; ) {
      await wait(lookAtFileAgain);
      if (interrupted?.reason !== undefined || statusAt(file)?.ino !== before) return;
    }
  }

  // No other dan follows the plugins of this list, nor those of a list that has finished.
  #isOnItsWay({ name: link }: Link): boolean {
    const { request, identity } = this.#task;
    const { interfaces } = readResult(request.input.document['prevResult']);
    if (interfaces.some(({ name, sandbox }) => name === link && (sandbox ?? '') !== '')) return false;
    return !namesIn(resultsOfLibcni).some((name) => name.endsWith(`-${identity.sandbox}-${link}`));
  }

  // Every writer creates a new file, so the inode tells who wrote it.
  #recordFile(): number | undefined {
    return statusAt(recordPath(this.#task.names.link))?.ino;
  }
}

/** The refusal of a link that the guest would lose. With `waited`, it may belong to a list that has not finished. */
export function podLinkHidden(netns: string, hidden: Link, waited: boolean): CniError {
  return danError(
    'pod-link-hidden',
    `the pod's namespace ${netns} has the link ${addressedText(hidden)}, which the guest would lose: Kata reads a DAN file ` +
      'instead of the namespace. Take that network away from the pod, or attach its link with the device "tcfilter"' +
      (waited
        ? `. If that link has a dan already, which did not come within ${longestWaitSeconds} s, let the client attach one ` +
          'network after the other (containerd from 1.7 on: setup_serially = true)'
        : ''),
  );
}
