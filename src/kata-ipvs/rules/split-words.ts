/** The words of a text: what stands between white space. Nothing is quoted, for no value has white space in it. */
export function splitWords(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
