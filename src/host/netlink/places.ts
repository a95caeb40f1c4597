import { utf8 } from '#bytes';
import { system } from '#system';
import { danError } from '../../model/error.ts';
import { limitText } from '../../model/limit.ts';
import type { Where } from '../../model/operation.ts';
import { closing } from '../files.ts';
import { podOf, type Site } from '../site.ts';
import { errno, errorText } from '../system/errno.ts';
import { getLink, toIndex } from './links.ts';
import { accepted, isFailure, nameOfFailure, Refusal } from './refusal.ts';
import { Netlink } from './socket.ts';

/**
 * Does work in namespaces, and closes what it opened. What the kernel refuses is `command-failed`; `what` completes "the
 * kernel did not ...".
 */
export async function inPlaces<T>(site: Site, what: string, work: (places: Places) => Promise<T> | T): Promise<T> {
  const places = new Places(site);
  try {
    return await work(places);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const limit = limitText(nameOfFailure(error), 'file');
    throw danError('command-failed', `the kernel did not ${what}: ${error.message}${limit}`);
  } finally {
    places.close();
  }
}

/** The namespaces that something is done in, each with a socket from its first use on. */
export class Places {
  readonly #site: Site;
  readonly #sockets = new Map<Where, Netlink>();
  readonly #indexes = new Map<string, number>();

  constructor(site: Site) {
    this.#site = site;
  }

  /** Does work with the thread in a namespace; nothing may be awaited in it. */
  within<T>(where: Where, work: () => T): T {
    return where === 'host' ? work() : inNamespace(this.podFile(), work);
  }

  /** The socket of a namespace. */
  socket(where: Where): Netlink {
    const open = this.#sockets.get(where);
    if (open !== undefined) return open;
    const socket = this.within(where, () => new Netlink(this.#site.timeoutSeconds));
    this.#sockets.set(where, socket);
    return socket;
  }

  /** The pod's namespace, an open file. */
  podFile(): number {
    return podOf(this.#site);
  }

  /** The number of a link. Throws {@link Refusal} if there is none of that name. */
  indexOf(where: Where, name: string): number {
    const key = `${where} ${name}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const index = this.socket(where)
      .ask(getLink(name))
      .map(toIndex)
      .find((one) => one !== undefined);
    if (index === undefined) throw new Refusal(errno.ENODEV);
    this.#indexes.set(key, index);
    return index;
  }

  /** Forgets the numbers of links: names have changed. */
  forgetIndexes(): void {
    this.#indexes.clear();
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }
}

/** CLONE_NEWNET of linux/sched.h. */
export const networkNamespace = 0x4000_0000;

// Does work with the thread in the network namespace of an open file, and comes back. Nothing may be awaited in it: what
// else runs meanwhile would run there.
function inNamespace<T>(namespace: number, work: () => T): T {
  return closing(system.open('/proc/thread-self/ns/net', 'r'), (own) => {
    accepted(native.setns(namespace, networkNamespace));
    try {
      return work();
    } finally {
      comeBack(own);
    }
  });
}

// Everything after it would be done to the wrong namespace, taking back above all: better it ends as if it were killed,
// which a DEL mends.
function comeBack(own: number): void {
  let answer = 0;
  for (let attempts = 3; attempts > 0; attempts -= 1) {
    answer = native.setns(own, networkNamespace);
    if (answer === 0) return;
  }
  try {
    system.write(2, utf8(`dan cannot leave the pod's network namespace (${errorText(-answer)}), and ends here\n`));
  } finally {
    // Also where nobody reads what it writes.
    system.kill(system.getpid(), 'SIGKILL');
  }
}
