import { danError } from '../../model/error.ts';
import type { Where } from '../../model/operation.ts';
import type { Site } from '../site.ts';
import { getLink, toIndex } from './links.ts';
import { inNamespace } from './namespace.ts';
import { errors, isFailure, Refusal } from './refusal.ts';
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
    throw danError('command-failed', `the kernel did not ${what}: ${error.message}`);
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
    const { pod } = this.#site;
    if (pod === undefined) throw new Error("something is to be done in the pod's namespace, which is not open");
    return pod;
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
    if (index === undefined) throw new Refusal(errors.noDevice);
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
