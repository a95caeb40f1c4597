import { toJSONSchema } from 'zod/mini';
import { jsonForms } from '../../config/json-forms.ts';
import { innerReference, type KeyReference, keyReference } from '../../config/reference.ts';
import { networkSchema } from '../../config/schema.ts';
import { isObject, type JsonObject } from '../../json/object.ts';

/**
 * The JSON Schema (2020-12) of a plugin object of dan. It takes every object that the plugin takes on a node that has
 * what it needs; what keys mean for each other it cannot say.
 */
export function pluginSchema(): JsonObject {
  const { $schema, ...schema } = toJSONSchema(networkSchema, { io: 'input', unrepresentable: 'any' });
  return {
    $schema,
    title: 'dan: the plugin object of a network configuration',
    description:
      'What each key may be by itself. What keys mean for each other "dan validate" tells, and what the node has ' +
      '"dan plan".',
    ...described(schema, ''),
    // Runtimes put keys of this kind in, which are let through.
    patternProperties: { '^cni\\.dev/': {} },
    required: ['type'],
  };
}

/** A schema with what JSON Schema can say of the values that have parsers of their own, and with descriptions. */
function described(schema: JsonObject, place: string): JsonObject {
  const { properties, items, ...rest } = schema;
  const inner = isObject(properties) ? Object.entries(properties) : [];
  return {
    ...wordsFor(place),
    ...rest,
    ...jsonForms[place],
    ...(inner.length === 0
      ? {}
      : {
          properties: Object.fromEntries(
            inner.map(([key, value]) => [key, described(objectOf(value), place === '' ? key : `${place}.${key}`)]),
          ),
        }),
    ...(items === undefined ? {} : { items: described(objectOf(items), `${place}[]`) }),
  };
}

function wordsFor(place: string): JsonObject {
  const reference = Object.entries(keyReference).find(([key]) => key === place)?.[1];
  if (reference !== undefined) return { description: descriptionOf(reference), examples: [reference.example] };
  const inner = innerReference[place];
  return inner === undefined ? {} : { description: sentence(inner) };
}

function descriptionOf({ for: devices, default: otherwise, rule }: KeyReference): string {
  const kinds = devices === 'all' ? 'every device' : plain(devices);
  return `${sentence(rule)} For ${kinds}. Default: ${plain(otherwise)}.`;
}

function sentence(markdown: string): string {
  const text = plain(markdown);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

// Links, code and emphasis: editors show a description as it is.
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .replace(/(^| )_(\w+)_/g, '$1$2');
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
