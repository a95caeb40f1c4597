/** The most items that one message names. It only counts the rest. */
const mostNamed = 20;

/** Describes the first items of a list, and counts the others. `what` is the noun for them. */
export function firstOf<T>(all: readonly T[], what: string, describe: (one: T) => string, between = '; '): string {
  const others = all.length - mostNamed;
  const named = all.slice(0, mostNamed).map(describe);
  return [...named, ...(others > 0 ? [`and ${others} more ${what}`] : [])].join(between);
}
