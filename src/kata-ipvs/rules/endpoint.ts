import { type Ip, parseIp } from '../../model/ip.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { parseWholeNumber } from './whole-number.ts';

/** An address with a port. */
export interface Endpoint {
  readonly ip: Ip;
  readonly port: number;
}

/** Parses `ip:port`, or `[ip]:port` for IPv6; no names, and the port from 1 to 65535. */
export function parseEndpoint(text: string): Parsed<Endpoint> {
  const [, bracketed, bare, digits] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(text) ?? [];
  const address = bracketed ?? bare;
  if (address === undefined || digits === undefined) {
    return reject(`must be IP:PORT, or [IP]:PORT for IPv6, not "${text}"`);
  }
  const ip = parseIp(address);
  if (!ip.ok) return reject(`"${text}": the address ${ip.why}`);
  if ((ip.value.family === 6) !== (bracketed !== undefined)) {
    return reject(`"${text}": an IPv6 address stands in brackets, and no other does`);
  }
  const port = parseWholeNumber(digits, 1, 65_535);
  return port.ok ? accept({ ip: ip.value, port: port.value }) : reject(`"${text}": the port ${port.why}`);
}

/** An address with a port as ipvsadm writes it. */
export function endpointText({ ip, port }: Endpoint): string {
  return ip.family === 6 ? `[${ip.text}]:${port}` : `${ip.text}:${port}`;
}
