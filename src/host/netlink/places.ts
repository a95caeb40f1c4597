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
 * Does work in namespaces, and closes what it opened. A refusal by the kernel becomes `command-failed`; `what`
 * completes "the kernel did not ...".
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

/** The sockets of a site. Concurrent work on the same site shares them, because exchanges never overlap. */
interface Sockets {
  users: number;
  readonly open: Map<Where, Netlink>;
}

const opened = new WeakMap<Site, Sockets>();

/** The namespaces to work in, each with a socket that is opened on first use. */
export class Places {
  readonly #site: Site;
  readonly #sockets: Sockets;
  readonly #indexes = new Map<string, number>();

  constructor(site: Site) {
    this.#site = site;
    this.#sockets = opened.get(site) ?? { users: 0, open: new Map() };
    this.#sockets.users += 1;
    opened.set(site, this.#sockets);
  }

  /** Does work with the thread in a namespace. The work must not await anything. */
  within<T>(where: Where, work: () => T): T {
    return where === 'host' ? work() : inNamespace(this.podFile(), work);
  }

  /** The socket of a namespace. */
  socket(where: Where): Netlink {
    const open = this.#sockets.open.get(where);
    if (open !== undefined) return open;
    const socket = this.within(where, () => new Netlink(this.#site.timeoutSeconds));
    this.#sockets.open.set(where, socket);
    return socket;
  }

  /** The pod's namespace, an open file. */
  podFile(): number {
    return podOf(this.#site);
  }

  /** The index of a link. Throws {@link Refusal} if there is no link of that name. */
  indexOf(where: Where, name: string): number {
    const key = `${where} ${name}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    // A message, unlike an ioctl, makes the kernel update the link's state (linkwatch_sync_dev of
    // net/core/link_watch.c).
    const index = this.socket(where).ask(getLink(name)).map(toIndex)[0];
    if (index === undefined) throw new Refusal(errno.ENODEV);
    this.#indexes.set(key, index);
    return index;
  }

  /** Forgets the indexes of links, because names have changed. */
  forgetIndexes(): void {
    this.#indexes.clear();
  }

  close(): void {
    this.#sockets.users -= 1;
    if (this.#sockets.users > 0) return;
    for (const socket of this.#sockets.open.values()) socket.close();
    this.#sockets.open.clear();
  }
}

/** CLONE_NEWNET of linux/sched.h. */
const networkNamespace = 0x4000_0000;

// Does work with the thread in the network namespace of an open file, and returns to its own. The work must not await
// anything, because other code would then run in that namespace.
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

// If the thread cannot return, everything later, above all the undo steps, would happen in the wrong namespace. It is
// better to end as if killed, which a DEL repairs.
function comeBack(own: number): void {
  let answer = 0;
  for (let attempts = 3; attempts > 0; attempts -= 1) {
    answer = native.setns(own, networkNamespace);
    if (answer === 0) return;
  }
  try {
    system.write(2, utf8(`dan cannot leave the pod's network namespace (${errorText(-answer)}), and ends here\n`));
  } finally {
    // Also if nobody reads the message.
    system.kill(system.getpid(), 'SIGKILL');
  }
}
