/** Replaces each `{key}` in a text with its value, or with nothing if the value is no string. Pure. */
export function filled(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = values[key];
    return typeof value === 'string' ? value : '';
  });
}
