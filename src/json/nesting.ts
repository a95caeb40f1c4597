/** The deepest nesting in a configuration, a record or an answer. A network configuration has fewer than ten levels. */
export const depthLimit = 100;

/** The deepest nesting in a DAN file, as in Kata's Rust runtime (`Deserializer` of serde_json, 128 levels less one). */
export const danFileDepthLimit = 127;

/** Says that a text has too many levels, as a clause without a subject. */
export function tooDeep(limit: number): string {
  return `is nested more than ${limit} levels deep`;
}

/** Whether a parsed value has more than `limit` levels of lists and objects. */
export function isDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  // Most values are texts and numbers, and thousands of calls take time.
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && isDeeper(inner, limit - 1)) return true;
  }
  return false;
}

/** Whether a text that need not be JSON opens more than `limit` brackets, outside quotes, before it closes them. */
export function opensMore(text: string, limit: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const one = text[at];
    if (one === '"') isInString = !isInString;
    else if (isInString) at += one === '\\' ? 1 : 0;
    else if (one === '{' || one === '[') depth += 1;
    else if (one === '}' || one === ']') depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}
