/**
 * The number of 0 to 4294967295 that a text is, in decimal digits without leading zeros; undefined for any other text.
 * This runs for thousands of addresses: a comparison takes less time than a regular expression.
 */
export function decimalNumber(text: string): number | undefined {
  const number = Number(text);
  return number >>> 0 === number && String(number) === text ? number : undefined;
}
