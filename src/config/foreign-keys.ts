import type { JsonObject } from '../json/object.ts';

/** A configuration without the keys that others may put into any (CNI's conventions). */
export function withoutForeign(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !key.startsWith('cni.dev/')));
}
