/** The same elements in an order determined by random numbers from 0 to below 1. */
export function shuffled<T>(things: readonly T[], random: () => number): readonly T[] {
  const order = things.map((thing) => ({ thing, by: random() }));
  return order.sort((a, b) => a.by - b.by).map(({ thing }) => thing);
}
