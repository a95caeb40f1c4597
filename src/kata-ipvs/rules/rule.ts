import { accept, type Parsed, reject } from '../../model/parsed.ts';
import {
  flag,
  oneOf,
  type OptionShape,
  parseEndpoint,
  type ParseValue,
  readOptions,
  valued,
  wholeNumber,
} from './options.ts';

/** The algorithms by which ip_vs chooses a server. Each is a kernel module. */
export const schedulers = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq'] as const;

/** How a rule for a server gets its NAT option: `added` adds it if it is missing, `given` requires it in the words. */
export type Nat = 'added' | 'given';

/** A command for ipvsadm. */
export interface Rule {
  readonly do: Command;
  /** The service as ipvsadm names it, such as `-t 10.0.0.1:80`; undefined if the command names none. */
  readonly service: string | undefined;
  /** The service's real server, such as `10.0.0.2:80`. */
  readonly server: string | undefined;
  /** The arguments for ipvsadm, always in the same form. The command comes first, as ipvsadm requires. */
  readonly words: readonly string[];
}

/** What a command takes. `service` is one of --tcp-service and --udp-service. */
interface CommandShape {
  /** The letters that stand for it. The first is passed to ipvsadm. If empty, the command has only its name. */
  readonly letters: string;
  readonly needs: readonly string[];
  readonly may: readonly string[];
  /** Options that are always passed to ipvsadm, even if they are not given. */
  readonly adds: readonly string[];
}

const onService = { needs: ['service', 'scheduler', 'persistent'], may: [], adds: [] };
const onServer = {
  needs: ['service', 'real-server'],
  may: ['weight', 'masquerading'],
  adds: ['masquerading'],
};

/** The commands, as documented. */
const commands = {
  'add-service': { letters: 'A', ...onService },
  'edit-service': { letters: 'E', ...onService },
  'delete-service': { letters: 'D', needs: ['service'], may: [], adds: [] },
  'add-server': { letters: 'a', ...onServer },
  'edit-server': { letters: 'e', ...onServer },
  'delete-server': { letters: 'd', needs: ['service', 'real-server'], may: [], adds: [] },
  // Only numeric output: resolving a name for every address could take far too long.
  list: { letters: 'Ll', needs: [], may: ['service', 'numeric'], adds: ['numeric'] },
  set: { letters: '', needs: [], may: ['tcp', 'tcpfin', 'udp'], adds: [] },
} satisfies Record<string, CommandShape>;

type Command = keyof typeof commands;

const seconds = wholeNumber(0, 1_296_000);

/** The other options, in the order in which ipvsadm gets them: the letter, and a parser if it takes a value. */
const options: Readonly<Record<string, readonly [letter: string, parse?: ParseValue]>> = {
  numeric: ['n'],
  'tcp-service': ['t', parseEndpoint],
  'udp-service': ['u', parseEndpoint],
  'real-server': ['r', parseEndpoint],
  masquerading: ['m'],
  weight: ['w', wholeNumber(0, 65_535)],
  scheduler: ['s', oneOf(schedulers)],
  persistent: ['p', wholeNumber(1, 2_678_400)],
  tcp: ['', seconds],
  tcpfin: ['', seconds],
  udp: ['', seconds],
};

/** Option values by name; '' for an option that takes none. */
type Values = ReadonlyMap<string, string>;

const timeouts = ['tcp', 'tcpfin', 'udp'] as const;
const services = ['tcp-service', 'udp-service'] as const;

const optionList = Object.entries(options);

const shapes: readonly OptionShape[] = [
  ...Object.entries(commands).map(([name, { letters }]) => flag(name, letters)),
  ...optionList.map(([name, [letter, parse]]) => (parse === undefined ? flag : valued)(name, letter)),
];

/** Parses the words of one ipvsadm command, within the limits that this command documents. */
export function parseRule(words: readonly string[], nat: Nat): Parsed<Rule> {
  const read = readOptions(words, shapes);
  if (!read.ok) return read;
  const { options: given, rest } = read.value;
  const [command, another] = [...given.keys()].filter(isCommand);
  if (command === undefined) {
    const names = Object.keys(commands).map((name) => `--${name}`);
    return reject(`no command is given: one of ${names.join(', ')}`);
  }
  if (another !== undefined) return reject(`--${command} and --${another} are two commands: give one`);
  const fault = shapeFault(command, given) ?? restFault(command, rest);
  if (fault !== undefined) return reject(fault);
  const all = command === 'set' ? withTimeouts(given, rest) : accept(given);
  return all.ok ? toRule(command, all.value, nat) : all;
}

function isCommand(name: string): name is Command {
  return name in commands;
}

function shapeFault(command: Command, given: Values): string | undefined {
  const { needs, may }: CommandShape = commands[command];
  const [service, another] = services.filter((name) => given.has(name));
  if (another !== undefined) return '--tcp-service and --udp-service are two services: give one';
  const known = [command, ...needs, ...may];
  const named = [...given.keys()].map((name) => ({ name, as: name === service ? 'service' : name }));
  const missing = needs.find((need) => !named.some(({ as }) => as === need));
  if (missing === 'service') return `--${command} needs --tcp-service or --udp-service`;
  const extra = named.find(({ as }) => !known.includes(as));
  if (extra !== undefined) return `--${command} takes no --${extra.name}`;
  return missing === undefined ? undefined : `--${command} needs --${missing}`;
}

function restFault(command: Command, rest: readonly string[]): string | undefined {
  const extra = rest[command === 'set' ? 3 : 0];
  return extra === undefined ? undefined : `"${extra}" is one word too many`;
}

// `--set` takes three numbers, as in ipvsadm, or each number by its name.
function withTimeouts(given: Values, rest: readonly string[]): Parsed<Values> {
  const byName = timeouts.some((name) => given.has(name));
  if (byName && rest.length > 0) return reject('--set takes three numbers, or each by its name, not both');
  const all = byName ? given : new Map(rest.map((text, at) => [timeouts[at] ?? '', text]));
  const missing = timeouts.find((name) => !all.has(name));
  if (missing === undefined) return accept(all);
  return reject(`--set needs three numbers: tcp, tcpfin and udp; ${missing} is missing`);
}

function toRule(command: Command, given: Values, nat: Nat): Parsed<Rule> {
  const { letters, adds }: CommandShape = commands[command];
  const words = [letters === '' ? `--${command}` : `-${letters.charAt(0)}`];
  const read = new Map<string, string>();
  for (const [name, [letter, parse]] of optionList) {
    const text = given.get(name);
    if (text !== undefined && parse !== undefined) {
      const value = parse(text);
      if (!value.ok) return reject(`${letter === '' ? `the timeout ${name}` : `--${name}`} ${value.why}`);
      read.set(name, value.value);
      words.push(...(letter === '' ? [] : [`-${letter}`]), value.value);
    } else if (adds.includes(name)) {
      if (name === 'masquerading' && nat === 'given' && text === undefined) {
        return reject(`--${command} must say -m (NAT) here: without it, ipvsadm would take direct routing`);
      }
      words.push(`-${letter}`);
    }
  }
  const at = services.map((name) => read.get(name)).find((one) => one !== undefined);
  const server = read.get('real-server');
  // NAT cannot translate between IPv4 and IPv6. ipvsadm refuses it too.
  if (at !== undefined && server !== undefined && at.startsWith('[') !== server.startsWith('[')) {
    return reject('the service and its --real-server must both be IPv4, or both IPv6');
  }
  const service = at === undefined ? undefined : `${read.has('tcp-service') ? '-t' : '-u'} ${at}`;
  return accept({ do: command, service, server, words });
}
