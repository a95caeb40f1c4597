/**
 * A pattern of Go's `path.Match`, as containerd compares names with: `*` is any part of a name, `?` one character, `[ab]`
 * one of these; none of them is a slash. A malformed pattern matches nothing.
 */
export function goPattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|]/g, '\\$&')
    .replaceAll('[\\^', '[^')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /(?!)/;
  }
}
