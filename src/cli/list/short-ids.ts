/** The least characters of a container id that are shown, as in crictl. */
const shortest = 13;

/** Shortens each of some ids to as much as is needed to distinguish it from the others. Pure. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const sorted = [...new Set(ids)].sort();
  const shared = (one: string, other = ''): number => {
    let at = 0;
    while (at < one.length && one[at] === other[at]) at += 1;
    return at;
  };
  // An id shares most with one of its neighbors.
  const short = sorted.map((id, at): [string, string] => [
    id,
    id.slice(0, Math.max(shortest, shared(id, sorted[at - 1]) + 1, shared(id, sorted[at + 1]) + 1)),
  ]);
  const known = new Map(short);
  return (id) => known.get(id) ?? id;
}
