/** One setting of a file in sections. */
export interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** Reads a file in sections, as systemd.syntax(7) and NetworkManager.conf(5) have it; lines of any other form are left out. */
export function readSettings(text: string): readonly Setting[] {
  const settings: Setting[] = [];
  let section = '';
  // A backslash at its end joins a line to the next.
  for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const trimmed = line.trim();
    if (/^[#;]/.test(trimmed)) continue;
    const [, name] = /^\[([^\]]*)\]$/.exec(trimmed) ?? [];
    if (name !== undefined) section = name;
    const equals = trimmed.indexOf('=');
    if (name !== undefined || equals < 1) continue;
    settings.push({ section, key: trimmed.slice(0, equals).trim(), value: trimmed.slice(equals + 1).trim() });
  }
  return settings;
}

/** Whether a text matches a pattern with `*`, `?` and `[...]`, as fnmatch(3) has them. */
export function matchesPattern(pattern: string, text: string): boolean {
  const expression = pattern.replace(/\[!?[^\]]+\]|[^]/g, (part) => {
    if (part === '*') return '[^]*';
    if (part === '?') return '[^]';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
  });
  return new RegExp(`^${expression}$`).test(text);
}
