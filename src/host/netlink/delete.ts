import type { Where } from '../../model/operation.ts';
import type { Site } from '../site.ts';
import { deleteLink } from './link-changes.ts';
import { inPlaces } from './places.ts';
import { Refusal } from './refusal.ts';

/** Deletes links by name or altname; true when every one of them was there and is gone. Throws `command-failed`. */
export async function deleteLinks(names: readonly string[], where: Where, site: Site): Promise<boolean> {
  return await inPlaces(site, `delete ${names.join(', ')}`, (places) => {
    const socket = places.socket(where);
    return names.map((name) => isDone(() => socket.ask(deleteLink(name)))).every((done) => done);
  });
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
