/** A word as a shell takes it. One that needs no quotes has none, so that a command stays readable. */
export function shellWord(word: string): string {
  return /^[\w./:=,@%+-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
