type Value = string | number | boolean | undefined;

/** An attribute of a link or a port: its name, its current value, and the value that ADD gave it. */
export type Attribute = readonly [name: string, is: Value, was: Value];

/** A sentence for each attribute that has changed since ADD. */
export function differences(what: string, attributes: readonly Attribute[]): readonly string[] {
  return attributes
    .filter(([, is, was]) => is !== was)
    .map(([name, is, was]) => `${what}: ${name} is ${String(is ?? 'none')}, and was made ${String(was ?? 'none')}`);
}
