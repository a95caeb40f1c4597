import type { InterfaceAddress } from '../../src/model/cidr.ts';
import { type Ip, parseIp } from '../../src/model/ip.ts';

/** The address of a text. */
export function ip(text: string): Ip {
  const parsed = parseIp(text);
  if (!parsed.ok) throw new Error(`${text} ${parsed.why}`);
  return parsed.value;
}

/** The address and prefix length of a text like `10.88.0.5/24`. */
export function cidr(text: string): InterfaceAddress {
  const [address = '', prefix] = text.split('/');
  return { ...ip(address), prefix: Number(prefix) };
}
