/** What JSON Schema says of a value that has a parser of its own. */
export type JsonForm = Readonly<Record<string, unknown>>;

const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = `${octet}(\\.${octet}){3}`;
// How many groups there are is for the parser to count.
const ipv6 = '[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*';
const ofIpv4 = '(3[0-2]|[12]?\\d)';
const ofIpv6 = '(12[0-8]|1[01]\\d|[1-9]?\\d)';

const text = (pattern: string, more: JsonForm = {}): JsonForm => ({ type: 'string', pattern, ...more });
const either = (first: string, second: string): JsonForm => text(`^(${first}|${second})$`);

const interfaceName = text('^[a-zA-Z][a-zA-Z0-9_.-]*$', { maxLength: 15 });
const mac = text('^(?![0:]+$)[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}$');
const mtu = { type: 'integer', minimum: 68, maximum: 9600 };
const ip = {
  type: 'string',
  anyOf: [
    { format: 'ipv4', pattern: `^${ipv4}$` },
    { format: 'ipv6', pattern: `^${ipv6}$` },
  ],
};
const withPrefix = either(`${ipv4}/${ofIpv4}`, `${ipv6}/${ofIpv6}`);
const vlan = { type: 'integer', minimum: 1, maximum: 4094 };

/**
 * The counterparts of the parsers in `schema.ts`, by place: they take all that a parser takes, and refuse what a pattern
 * can tell. Loaded by the command line alone.
 */
export const jsonForms: Readonly<Record<string, JsonForm>> = {
  mtu,
  mac,
  queues: { type: 'integer', minimum: 1, maximum: 256 },
  queueSize: { type: 'integer', enum: Array.from({ length: 16 }, (_, power) => 2 ** power) },
  bridge: { anyOf: [interfaceName, { type: 'null' }] },
  master: interfaceName,
  trunk: {
    type: 'array',
    minItems: 1,
    items: {
      oneOf: [
        { type: 'object', properties: { id: vlan }, required: ['id'], additionalProperties: false },
        {
          type: 'object',
          properties: { minID: vlan, maxID: vlan },
          required: ['minID'],
          additionalProperties: false,
        },
      ],
    },
  },
  'ovs.db': text(
    '^(unix:(?!.*/\\.\\.(/|$))/[!-+\\--~]{0,106}|tcp:(127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\]):\\d{1,5}|ssl:[!-+\\--~]+)$',
  ),
  socketPath: text('^(?!.*/\\.{0,2}/)/([^\\u0000-\\u001f\\u007f]*/)?[a-zA-Z][a-zA-Z0-9_.-]*$', { maxLength: 107 }),
  socketDir: text('^(?!.*/\\.{0,2}/)(?!.*/\\.{1,2}$)/[^\\u0000-\\u001f\\u007f]*$', { maxLength: 87 }),
  'addresses[]': withPrefix,
  'routes[].dst': withPrefix,
  'routes[].gw': ip,
  'routes[].mtu': mtu,
  'routes[].source': ip,
  'neighbors[].address': either(`${ipv4}(/${ofIpv4})?`, `${ipv6}(/${ofIpv6})?`),
  'neighbors[].mac': mac,
  'ipam.type': text('^(?!\\.{1,2}$)[^/]*$'),
  type: { const: 'dan' },
};
