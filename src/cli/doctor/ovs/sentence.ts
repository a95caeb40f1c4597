/** The two halves of a message: what is wrong, and behind a colon outside of brackets what to do about it. Pure. */
export function seenAndCure(message: string): { readonly seen: string; readonly cure: string } {
  let depth = 0;
  for (const [at, character] of message.split('').entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0 && message.startsWith(': ', at)) return { seen: message.slice(0, at), cure: message.slice(at + 2) };
  }
  return { seen: message, cure: '' };
}
