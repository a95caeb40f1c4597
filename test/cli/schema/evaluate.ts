import { isObject, type JsonObject } from '../../../src/json/object.ts';

/** The words of JSON Schema that say something about a value, and how; those that say nothing are {@link annotations}. */
const rules: Readonly<Record<string, (rule: never, value: unknown, schema: JsonObject) => boolean>> = {
  type: (type: string, value) => isOfType(type, value),
  const: (only: unknown, value) => value === only,
  enum: (values: readonly unknown[], value) => values.includes(value),
  minimum: (least: number, value) => typeof value !== 'number' || value >= least,
  maximum: (most: number, value) => typeof value !== 'number' || value <= most,
  maxLength: (most: number, value) => typeof value !== 'string' || Array.from(value).length <= most,
  minItems: (least: number, value) => !Array.isArray(value) || value.length >= least,
  pattern: (pattern: string, value) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  anyOf: (schemas: readonly JsonObject[], value) => schemas.some((one) => isValid(one, value)),
  oneOf: (schemas: readonly JsonObject[], value) => schemas.filter((one) => isValid(one, value)).length === 1,
  items: (schema: JsonObject, value) => !Array.isArray(value) || value.every((item) => isValid(schema, item)),
  required: (keys: readonly string[], value) => !isObject(value) || keys.every((key) => Object.hasOwn(value, key)),
  properties: (properties: Readonly<Record<string, JsonObject>>, value) =>
    !isObject(value) ||
    Object.entries(properties).every(([key, one]) => !Object.hasOwn(value, key) || isValid(one, value[key])),
  propertyNames: (schema: JsonObject, value) =>
    !isObject(value) || Object.keys(value).every((key) => isValid(schema, key)),
  patternProperties: (patterns: Readonly<Record<string, JsonObject>>, value) =>
    !isObject(value) ||
    Object.entries(value).every(([key, inner]) =>
      Object.entries(patterns).every(([pattern, one]) => !new RegExp(pattern, 'u').test(key) || isValid(one, inner)),
    ),
  additionalProperties: (rest: boolean | JsonObject, value, schema) =>
    !isObject(value) ||
    Object.entries(value)
      .filter(([key]) => !isNamed(key, schema))
      .every(([, inner]) => (typeof rest === 'boolean' ? rest : isValid(rest, inner))),
};

const annotations = ['$schema', 'title', 'description', 'examples', 'default', 'format'];

/**
 * Whether a value is what a JSON Schema says (2020-12), for the words that dan's own has. Another word is an error: what
 * is not understood must not count as said.
 */
export function isValid(schema: JsonObject, value: unknown): boolean {
  return Object.entries(schema).every(([word, rule]) => {
    if (annotations.includes(word)) return true;
    const check = rules[word];
    if (check === undefined) throw new Error(`no rule for "${word}"`);
    return check(rule as never, value, schema);
  });
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

function isNamed(key: string, { properties, patternProperties }: JsonObject): boolean {
  const patterns = Object.keys(patternProperties ?? {});
  return Object.hasOwn(properties ?? {}, key) || patterns.some((one) => new RegExp(one, 'u').test(key));
}
