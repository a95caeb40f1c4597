import type { Where } from '../../model/operation.ts';
import type { Libc } from '../libc.ts';
import type { Site } from '../site.ts';
import { deleteLink } from './link-changes.ts';
import { Places } from './places.ts';
import { Refusal } from './refusal.ts';

/** Deletes links by name or altname; true when every one of them was there and is gone. */
export function deleteLinks(libc: Libc, names: readonly string[], where: Where, site: Site): boolean {
  const places = new Places(libc, site);
  try {
    const socket = places.socket(where);
    return names.map((name) => isDone(() => socket.ask(deleteLink(name)))).every((done) => done);
  } finally {
    places[Symbol.dispose]();
  }
}

// What is still there is for the caller to look up.
function isDone(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
