import type { TcpAddress } from '../../host/system/connection.ts';
import { parseIp } from '../../model/ip.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';

/** Parses `ADDRESS:PORT`, with an IPv6 address in brackets and a port of 1 to 65535. Pure. */
export function parseListenAddress(text: string): Parsed<TcpAddress> {
  const [, bracketed, bare, digits = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const given = bracketed ?? bare;
  if (given === undefined) return reject('must be ADDRESS:PORT, as 0.0.0.0:9464 or [::]:9464');
  const ip = parseIp(given);
  if (!ip.ok) return reject(`names an address that ${ip.why}: write a number, as 0.0.0.0 for all of the node`);
  if ((ip.value.family === 6) !== (bracketed !== undefined))
    return reject('must have an IPv6 address in brackets, and no other');
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? accept({ ip: ip.value, port }) : reject('must name a port from 1 to 65535');
}
