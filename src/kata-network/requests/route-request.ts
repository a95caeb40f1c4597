import { type Network, parseDestination } from '../../model/cidr.ts';
import { type InterfaceName, parseInterfaceName } from '../../model/interface-name.ts';
import { type Ip, parseIp } from '../../model/ip.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { linkScope, type RouteRequest, routeFault } from '../../model/route.ts';
import type { JsonObject } from '../../json/object.ts';
import type { GivenRoute } from './given.ts';
import { Reading, refusal } from './reading.ts';

/** A route that is asked for. */
export interface RequestedRoute {
  /** As it was given. */
  readonly given: GivenRoute;
  /** Name of the interface in the guest. */
  readonly device: InterfaceName;
  readonly route: RouteRequest;
}

/** Which routes are meant. */
export interface RouteSelection {
  /** As it was given, for messages. */
  readonly text: string;
  /** `default`: those of both families. */
  readonly dst: Network | 'default';
  readonly gw: Ip | undefined;
  readonly device: InterfaceName | undefined;
}

const keys = ['dest', 'gateway', 'device'] as const;

/** Reads a route that is to be added. Throws one `invalid-configuration` that names everything that is wrong. */
export function readRoute(document: JsonObject): RequestedRoute {
  const reading = new Reading('the route', document, keys);
  const dest = reading.required('dest', parseDest);
  const gw = reading.optional('gateway', parseIp);
  const device = reading.required('device', parseDevice);
  if (reading.hasFaults || dest === undefined || device === undefined) throw reading.refusal();
  const dst = dest === 'default' ? defaultOf(gw) : dest;
  if (dst === undefined || (dst.prefix === 0 && gw === undefined)) {
    throw refusal('the route', `"dest" ${JSON.stringify(document['dest'])} is everything, and needs a "gateway"`);
  }
  const route: RouteRequest = gw === undefined ? { dst, scope: linkScope } : { dst, gw };
  const fault = routeFault(route);
  if (fault !== undefined) throw refusal('the route', fault);
  return { given: { dest: String(document['dest']), gateway: textOf(document['gateway']), device }, device, route };
}

/** Reads which routes are to be removed. Throws as {@link readRoute} does. */
export function readSelection(document: JsonObject): RouteSelection {
  const reading = new Reading('the route', document, keys);
  const dst = reading.required('dest', parseDest);
  const gw = reading.optional('gateway', parseIp);
  const device = reading.optional('device', parseDevice);
  if (reading.hasFaults || dst === undefined) throw reading.refusal();
  const text = keys.map((key) => textOf(document[key])).map((value, at) => [['to', 'by', 'on'][at], value] as const);
  return {
    text: text.flatMap(([word = '', value]) => (value === '' ? [] : [`${word} ${value}`])).join(' '),
    dst: dst === 'default' && gw !== undefined ? (defaultOf(gw) ?? dst) : dst,
    gw,
    device,
  };
}

function parseDest(value: unknown): Parsed<Network | 'default'> {
  if (value === 'default') return accept(value);
  const parsed = parseDestination(value);
  return parsed.ok ? parsed : reject(`${parsed.why}; it is "ip/mask", "ip" or "default"`);
}

function parseDevice(value: unknown): Parsed<InterfaceName> {
  if (value === 'lo') {
    return reject('is the loopback of the guest, whose routes no DAN file can carry: name an interface that was added');
  }
  return parseInterfaceName(value);
}

function defaultOf(gw: Ip | undefined): Network | undefined {
  const parsed = parseDestination(gw?.family === 4 ? '0.0.0.0/0' : '::/0');
  return gw !== undefined && parsed.ok ? parsed.value : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
