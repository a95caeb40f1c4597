/**
 * Whether the VMM takes a MAC for a host-tap: six parts that Rust reads as a hexadecimal u8 each, so single digits,
 * leading zeros and a plus sign pass (`parse_mac`, same file). One that does not pass fails the sandbox.
 */
export function isTapMac(mac: string): boolean {
  const parts = mac.split(':');
  return parts.length === 6 && parts.every((part) => rustHexByte(part) !== undefined);
}

/**
 * Whether Dragonball takes a MAC for a vhost-user device: each part must also be two characters long
 * (`MacAddr::parse_str`, dbs_utils/src/net/mac.rs). With one that does not pass the guest silently gets another MAC.
 */
export function isVhostUserMac(mac: string): boolean {
  return isTapMac(mac) && mac.split(':').every((part) => part.length === 2);
}

/** `u8::from_str_radix(text, 16)` of Rust's standard library: a plus sign and leading zeros are allowed. */
export function rustHexByte(text: string): number | undefined {
  const value = /^\+?[0-9a-f]+$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  return value <= 255 ? value : undefined;
}
