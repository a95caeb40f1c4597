/** A text of a table with values in the place of its `{key}`s; a key without a text is left out. Pure. */
export function filled(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = values[key];
    return typeof value === 'string' ? value : '';
  });
}
