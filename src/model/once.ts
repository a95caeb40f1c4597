/** What a map has of a key; where it has nothing, what `make` makes, and from then on that. */
export function once<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
}
