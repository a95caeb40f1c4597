import { cidrText, type Network, parseDestination } from '../model/cidr.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import type { GivenRoute } from './requests/given.ts';
import type { AddedInterface } from './interfaces.ts';
import { readRoute, type RouteSelection } from './requests/route-request.ts';

/** A route of the sandbox's file, with how it was given. */
export interface FileRoute {
  readonly given: GivenRoute;
  /** As it stands in the file. */
  readonly route: JsonObject;
}

/** The routes of an interface in the sandbox's file. One that somebody else wrote there is given as it stands. */
export function routesOf({ record, entry }: Pick<AddedInterface, 'entry' | 'record'>): readonly FileRoute[] {
  const known = new Map(record.clientData.routes.map((given) => [keyOfGiven(given), given]));
  return routesIn(entry).map((route) => ({
    route,
    given: known.get(keyOf(route)) ?? {
      dest: textOf(route['dest']),
      gateway: textOf(route['gateway']),
      device: record.ifname,
    },
  }));
}

/** An entry with other routes. */
export function withRoutes(entry: JsonObject, routes: readonly JsonObject[]): JsonObject {
  return { ...entry, network_info: { ...networkInfo(entry), routes } };
}

/** Whether a route of an interface is among those that are meant. */
export function isSelected({ dst, gw, device }: RouteSelection, { given, route }: FileRoute): boolean {
  const network = parseDestination(route['dest']);
  return (
    network.ok &&
    (dst === 'default' ? network.value.prefix === 0 : isSame(dst, network.value)) &&
    (gw === undefined || gw.text === route['gateway']) &&
    (device === undefined || device === given.device)
  );
}

function isSame(one: Network, other: Network): boolean {
  return cidrText(one) === cidrText(other);
}

function keyOfGiven(given: GivenRoute): string {
  const { dst, gw } = readRoute({ ...given }).route;
  return `${cidrText(dst)} ${gw?.text ?? ''}`;
}

function keyOf({ dest, gateway }: JsonObject): string {
  return `${textOf(dest)} ${textOf(gateway)}`;
}

function routesIn(entry: JsonObject): readonly JsonObject[] {
  const { routes } = networkInfo(entry);
  return Array.isArray(routes) ? routes.filter(isObject) : [];
}

function networkInfo(entry: JsonObject): JsonObject {
  const { network_info: info } = entry;
  return isObject(info) ? info : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
