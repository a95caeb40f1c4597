import { parsed } from '../../config/reader.ts';
import { ip } from '../../config/values.ts';
import { type Network, parseDestination } from '../../model/cidr.ts';
import { type InterfaceName, parseInterfaceName } from '../../model/interface-name.ts';
import type { Ip } from '../../model/ip.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { linkScope, type RouteRequest, routeFault } from '../../model/route.ts';
import { type JsonObject, stringIn } from '../../json/object.ts';
import { documentReader, refusal } from './reading.ts';

/** A route as it was given, and as listings show it. `gateway` is empty if it has none. */
export interface GivenRoute {
  readonly dest: string;
  readonly gateway: string;
  /** Name of the interface in the guest. */
  readonly device: string;
}

/** A parsed request for a route. */
export interface RequestedRoute {
  /** As it was given. */
  readonly given: GivenRoute;
  /** Name of the interface in the guest. */
  readonly device: InterfaceName;
  readonly route: RouteRequest;
}

/** Selects routes. */
export interface RouteSelection {
  /** As it was given, for messages. */
  readonly text: string;
  /** `default` means the default routes of both families. */
  readonly dst: Network | 'default';
  readonly gw: Ip | undefined;
  readonly device: InterfaceName | undefined;
}

const dest = { value: parsed(parseDest), required: true } as const;
const gateway = { value: ip } as const;
const device = parsed(parseDevice);

const readKeys = documentReader('the route', { dest, gateway, device: { value: device, required: true } });

/** Reads a route to add. Throws one `invalid-configuration` that names everything that is wrong. */
export function readRoute(document: JsonObject): RequestedRoute {
  const read = readKeys(document);
  const { gateway: gw } = read;
  const dst = read.dest === 'default' ? defaultOf(gw) : read.dest;
  if (dst === undefined || (dst.prefix === 0 && gw === undefined)) {
    throw refusal('the route', `"dest" ${JSON.stringify(document['dest'])} is everything, and needs a "gateway"`);
  }
  const route: RouteRequest = gw === undefined ? { dst, scope: linkScope } : { dst, gw };
  const fault = routeFault(route);
  if (fault !== undefined) throw refusal('the route', fault);
  const given = { dest: String(document['dest']), gateway: stringIn(document['gateway']) ?? '', device: read.device };
  return { given, device: read.device, route };
}

const readSelected = documentReader('the route', { dest, gateway, device: { value: device } });

/** Reads a selection of routes to remove. Throws like {@link readRoute}. */
export function readSelection(document: JsonObject): RouteSelection {
  const { dest: dst, gateway: gw, device: on } = readSelected(document);
  const words = Object.entries({ to: document['dest'], by: document['gateway'], on: document['device'] });
  return {
    text: words
      .flatMap(([word, value]) => ((stringIn(value) ?? '') === '' ? [] : [`${word} ${String(value)}`]))
      .join(' '),
    dst: dst === 'default' && gw !== undefined ? (defaultOf(gw) ?? dst) : dst,
    gw,
    device: on,
  };
}

function parseDest(value: unknown): Parsed<Network | 'default'> {
  if (value === 'default') return accept(value);
  const destination = parseDestination(value);
  return destination.ok ? destination : reject(`${destination.why}; it is "ip/mask", "ip" or "default"`);
}

function parseDevice(value: unknown): Parsed<InterfaceName> {
  if (value === 'lo') {
    return reject('is the loopback of the guest, whose routes no DAN file can carry: name an interface that was added');
  }
  return parseInterfaceName(value);
}

function defaultOf(gw: Ip | undefined): Network | undefined {
  const everything = parseDestination(gw?.family === 4 ? '0.0.0.0/0' : '::/0');
  return gw !== undefined && everything.ok ? everything.value : undefined;
}
