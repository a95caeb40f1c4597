import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { flag, readOptions, valued } from './options.ts';
import { type Rule, type Scheduler, schedulers, type Service } from './rule.ts';
import { parseWholeNumber } from './whole-number.ts';

/** Who says that a server is reached by NAT: the words themselves have to, or it goes without saying. */
export type Nat = 'added' | 'said';

/** What each command takes besides a service; `needs` must be there, `may` can be. */
const commands = {
  'add-service': { service: 'needed', needs: ['scheduler', 'persistent'], may: [] },
  'edit-service': { service: 'needed', needs: ['scheduler', 'persistent'], may: [] },
  'delete-service': { service: 'needed', needs: [], may: [] },
  'add-server': { service: 'needed', needs: ['real-server'], may: ['weight', 'masquerading'] },
  'edit-server': { service: 'needed', needs: ['real-server'], may: ['weight', 'masquerading'] },
  'delete-server': { service: 'needed', needs: ['real-server'], may: [] },
  list: { service: 'possible', needs: [], may: ['numeric'] },
  set: { service: 'none', needs: [], may: ['tcp', 'tcpfin', 'udp'] },
} as const satisfies Record<Rule['do'], CommandShape>;

interface CommandShape {
  readonly service: 'needed' | 'none' | 'possible';
  readonly needs: readonly string[];
  readonly may: readonly string[];
}

const shapes = [
  ...[flag('add-service', 'A'), flag('edit-service', 'E'), flag('delete-service', 'D')],
  ...[flag('add-server', 'a'), flag('edit-server', 'e'), flag('delete-server', 'd')],
  ...[flag('list', 'Ll'), flag('numeric', 'n'), flag('masquerading', 'm')],
  ...[valued('tcp-service', 't'), valued('udp-service', 'u'), valued('real-server', 'r'), valued('weight', 'w')],
  ...[valued('scheduler', 's'), valued('persistent', 'p')],
  ...[flag('set'), valued('tcp'), valued('tcpfin'), valued('udp')],
];

/** Parses the words of one command for ipvsadm, with the bounds that the documents of this command set. */
export function parseRule(words: readonly string[], nat: Nat): Parsed<Rule> {
  const given = readOptions(words, shapes);
  if (!given.ok) return given;
  const { options, rest } = given.value;
  const [command, another] = [...options.keys()].filter(isCommand);
  if (command === undefined) {
    return reject(`no command is given: one of ${Object.keys(commands).map(withDashes).join(', ')}`);
  }
  if (another !== undefined) return reject(`--${command} and --${another} are two commands: give one`);
  const fault = shapeFault(command, options) ?? restFault(command, rest);
  return fault === undefined ? toRule(command, { options, rest, nat }) : reject(fault);
}

function isCommand(name: string): name is Rule['do'] {
  return name in commands;
}

function withDashes(name: string): string {
  return `--${name}`;
}

function shapeFault(command: Rule['do'], options: ReadonlyMap<string, string>): string | undefined {
  const { service, needs, may }: CommandShape = commands[command];
  const services = [...options.keys()].filter((name) => name === 'tcp-service' || name === 'udp-service');
  if (services.length > 1) return '--tcp-service and --udp-service are two services: give one';
  if (service === 'needed' && services.length === 0) return `--${command} needs --tcp-service or --udp-service`;
  const known = new Set([command, ...needs, ...may, ...(service === 'none' ? [] : services)]);
  const extra = [...options.keys()].find((name) => !known.has(name));
  if (extra !== undefined) return `--${command} takes no --${extra}`;
  const missing = needs.find((name) => !options.has(name));
  return missing === undefined ? undefined : `--${command} needs --${missing}`;
}

function restFault(command: Rule['do'], rest: readonly string[]): string | undefined {
  const extra = rest[command === 'set' ? 3 : 0];
  return extra === undefined ? undefined : `"${extra}" is one word too many`;
}

interface Given {
  readonly options: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
  readonly nat: Nat;
}

function toRule(command: Rule['do'], given: Given): Parsed<Rule> {
  if (command === 'set') return toTimeouts(given);
  const service = serviceOf(given.options);
  if (command === 'list') {
    return service === undefined ? accept({ do: command }) : map(service, (one) => ({ do: command, service: one }));
  }
  // The shape was looked at before.
  if (service === undefined) return reject(`--${command} needs --tcp-service or --udp-service`);
  if (!service.ok) return service;
  switch (command) {
    case 'add-service':
    case 'edit-service':
      return toServiceRule(command, service.value, given);
    case 'add-server':
    case 'edit-server':
      return toServerRule(command, service.value, given);
    case 'delete-service':
      return accept({ do: command, service: service.value });
    case 'delete-server':
      return map(serverOf(service.value, given), (server) => ({ do: command, service: service.value, server }));
    default:
      return command satisfies never;
  }
}

function toServiceRule(command: 'add-service' | 'edit-service', service: Service, { options }: Given): Parsed<Rule> {
  const scheduler = options.get('scheduler') ?? '';
  if (!isScheduler(scheduler)) return reject(`--scheduler must be one of ${schedulers.join(', ')}, not "${scheduler}"`);
  const persistent = named('persistent', parseWholeNumber(options.get('persistent') ?? '', 1, 2_678_400));
  return map(persistent, (seconds) => ({ do: command, service, scheduler, persistent: seconds }));
}

function toServerRule(command: 'add-server' | 'edit-server', service: Service, given: Given): Parsed<Rule> {
  const { options, nat } = given;
  if (nat === 'said' && !options.has('masquerading')) {
    return reject(`--${command} must say -m (NAT) here: without it, ipvsadm would take direct routing`);
  }
  const server = serverOf(service, given);
  if (!server.ok) return server;
  const text = options.get('weight');
  if (text === undefined) return accept({ do: command, service, server: server.value });
  const weight = named('weight', parseWholeNumber(text, 0, 65_535));
  return map(weight, (value) => ({ do: command, service, server: server.value, weight: value }));
}

// NAT does not lead from one version of IP to the other; ipvsadm refuses it too.
function serverOf(service: Service, { options }: Given): Parsed<Endpoint> {
  const server = named('real-server', parseEndpoint(options.get('real-server') ?? ''));
  if (!server.ok || server.value.ip.family === service.at.ip.family) return server;
  return reject('the service and its --real-server must both be IPv4, or both IPv6');
}

function serviceOf(options: ReadonlyMap<string, string>): Parsed<Service> | undefined {
  for (const protocol of ['tcp', 'udp'] as const) {
    const text = options.get(`${protocol}-service`);
    if (text !== undefined) return map(named(`${protocol}-service`, parseEndpoint(text)), (at) => ({ protocol, at }));
  }
  return undefined;
}

// As ipvsadm has it, three numbers; or each by its name.
function toTimeouts({ options, rest }: Given): Parsed<Rule> {
  const values: number[] = [];
  const names = ['tcp', 'tcpfin', 'udp'] as const;
  const byName = names.some((name) => options.has(name));
  if (byName && rest.length > 0) return reject('--set takes three numbers, or each by its name, not both');
  for (const [index, name] of names.entries()) {
    const text = byName ? options.get(name) : rest[index];
    if (text === undefined) return reject(`--set needs three numbers: tcp, tcpfin and udp; ${name} is missing`);
    const seconds = parseWholeNumber(text, 0, 1_296_000);
    if (!seconds.ok) return reject(`the timeout ${name} ${seconds.why}`);
    values.push(seconds.value);
  }
  const [tcp = 0, tcpfin = 0, udp = 0] = values;
  return accept({ do: 'set', tcp, tcpfin, udp });
}

function isScheduler(text: string): text is Scheduler {
  return schedulers.some((one) => one === text);
}

function named<T>(name: string, parsed: Parsed<T>): Parsed<T> {
  return parsed.ok ? parsed : reject(`--${name} ${parsed.why}`);
}

function map<T, U>(parsed: Parsed<T>, make: (value: T) => U): Parsed<U> {
  return parsed.ok ? accept(make(parsed.value)) : parsed;
}
