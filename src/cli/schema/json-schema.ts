import { type ExitCode, exitCodes, type Terminal, type CommandLine } from '../../command/command.ts';
import { networkKeys } from '../../config/keys.ts';
import type { Key, Keys, Reader } from '../../config/reader.ts';
import { kindNames, kindNamed } from '../../kinds/kinds.ts';
import type { JsonObject } from '../../json/object.ts';

/** Runs `dan schema`. */
export function schema(_words: CommandLine, { print }: Terminal): ExitCode {
  print(`${JSON.stringify(pluginSchema(), null, 2)}\n`);
  return exitCodes.fine;
}

/**
 * The JSON Schema (2020-12) of a plugin object of dan. It accepts every object that the plugin accepts on a suitable
 * node. It cannot express dependencies between keys.
 */
export function pluginSchema(): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'dan: the plugin object of a network configuration',
    description:
      'What each key may be by itself. What keys mean for each other "dan validate" tells, and what the node has ' +
      '"dan plan".',
    type: 'object',
    additionalProperties: false,
    properties: properties(networkKeys, ofNetwork),
    // Runtimes add keys of this form, which are allowed.
    patternProperties: { '^cni\\.dev/': {} },
    required: ['type'],
  };
}

/** The kinds of device that a key applies to, in words. */
export function kindsTaking(key: string): string {
  const takes = (name: (typeof kindNames)[number]): boolean => {
    const { keys } = kindNamed(name);
    return !Object.hasOwn(keys, key) || keys[key as keyof typeof keys] === 'taken';
  };
  const others = kindNames.filter((name) => !takes(name));
  if (others.length === 0) return 'all';
  return others.length === 1 ? `all but ${others.join()}` : kindNames.filter(takes).join(', ');
}

/** The effect of leaving a key out, in Markdown. */
export function defaultText({ default: value, otherwise }: Key<unknown>): string {
  if (otherwise !== undefined) return otherwise;
  if (value === undefined || Array.isArray(value)) return 'none';
  return typeof value === 'number' ? String(value) : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function properties(keys: Keys, describe: (name: string, key: Key<unknown>) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [name, { ...describe(name, key), ...formOf(key.value) }]),
  );
}

function formOf({ form, keys, element }: Reader<unknown>): JsonObject {
  return {
    ...form,
    ...(keys === undefined ? {} : { properties: properties(keys, (_name, key) => inside(key)) }),
    ...(element === undefined ? {} : { items: { ...inside(element), ...formOf(element.value) } }),
  };
}

function inside({ rule }: Key<unknown>): JsonObject {
  return rule === undefined ? {} : { description: sentence(rule) };
}

function ofNetwork(name: string, key: Key<unknown>): JsonObject {
  // Keys that others add have no example.
  if (key.example === undefined) return inside(key);
  const kinds = kindsTaking(name);
  const description = `${sentence(key.rule ?? '')} For ${kinds === 'all' ? 'every device' : kinds}. Default: ${plain(defaultText(key))}.`;
  return { description, examples: [key.example], ...(key.default === undefined ? {} : { default: key.default }) };
}

function sentence(markdown: string): string {
  const text = plain(markdown);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

// Removes links, code marks and emphasis, because editors show a description verbatim.
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .replace(/(^| )_(\w+)_/g, '$1$2');
}
