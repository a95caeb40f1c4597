type Attribute = string | number | boolean | undefined;

/** A sentence for each attribute that is not what it was made. */
export function differences(
  what: string,
  attributes: readonly (readonly [name: string, is: Attribute, was: Attribute])[],
): readonly string[] {
  return attributes
    .filter(([, is, was]) => is !== was)
    .map(([name, is, was]) => `${what}: ${name} is ${String(is ?? 'none')}, and was made ${String(was ?? 'none')}`);
}
