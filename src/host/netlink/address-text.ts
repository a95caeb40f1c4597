/** Writes an address of IPv4 or IPv6 as inet_ntop(3) does: RFC 5952, with embedded IPv4 addresses dotted. */
export function addressText(address: Buffer): string {
  return address.length === 4 ? dotted(address) : groupsText(address);
}

/** The bytes of an address that {@link addressText} wrote. */
export function addressBytes(text: string): Buffer {
  if (!text.includes(':')) return dottedBytes(text);
  const [before = '', after = ''] = text.split('::');
  const [head, tail] = [groupBytes(before), groupBytes(after)];
  return Buffer.concat([head, Buffer.alloc(16 - head.length - tail.length), tail]);
}

/** ARPHRD_TUNNEL, ARPHRD_SIT and ARPHRD_IPGRE of linux/if_arp.h: links whose own address is one of IPv4. */
const overIpv4 = [768, 776, 778];

/** ARPHRD_TUNNEL6 and ARPHRD_IP6GRE of linux/if_arp.h. */
const overIpv6 = [769, 823];

/** Writes the address of a link; `hardware` is its ARPHRD_… type. */
export function linkLayerText(address: Buffer, hardware: number): string {
  if (address.length === 4 && overIpv4.includes(hardware)) return dotted(address);
  if (address.length === 16 && overIpv6.includes(hardware)) return addressText(address);
  return [...address].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function dotted(address: Buffer): string {
  return [...address].join('.');
}

function dottedBytes(text: string): Buffer {
  return Buffer.from(text.split('.').map(Number));
}

function groupBytes(text: string): Buffer {
  const groups = text === '' ? [] : text.split(':');
  return Buffer.concat(
    groups.map((group) => (group.includes('.') ? dottedBytes(group) : Buffer.from(group.padStart(4, '0'), 'hex'))),
  );
}

function groupsText(address: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => address.readUInt16BE(2 * at));
  const { start, length } = longestZeros(groups);
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  if (start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff))) {
    return `::${length === 5 ? 'ffff:' : ''}${dotted(address.subarray(12))}`;
  }
  return length < 2 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: -1, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
