import type { Command } from '../../command/command.ts';

/** `dan schema`. */
export const schemaCommand: Command = {
  name: 'schema',
  summary: 'prints the JSON Schema of dan’s plugin object in a network configuration',
  description: [
    'It is made from the table of keys that ADD itself goes by (JSON Schema 2020-12): an editor completes and checks the keys ' +
      'with it. A copy is in cni-conf/dan.schema.json.',
    'It says what each key may be by itself. What keys mean for each other, such as "addresses" beside "ipam", and what ' +
      'the node has, JSON Schema cannot say: "dan validate" tells the first, "dan plan" the second.',
  ],
  arguments: [],
  options: [],
  examples: [{ line: 'dan schema > dan.schema.json', what: 'for an editor' }],
  load: async () => (await import('./json-schema.ts')).schema,
};
