/** What one message names of many; of more, it says how many there are. */
const mostNamed = 20;

/** The first of many things in words, and how many there are beside. `what` they are. */
export function firstOf<T>(all: readonly T[], what: string, describe: (one: T) => string, between = '; '): string {
  const others = all.length - mostNamed;
  const named = all.slice(0, mostNamed).map(describe);
  return [...named, ...(others > 0 ? [`and ${others} more ${what}`] : [])].join(between);
}
