/**
 * Whether the VMM takes a MAC for a host-tap: six parts that Rust reads as a hexadecimal u8 each, so single digits,
 * leading zeros and a plus sign pass (`parse_mac` of runtime-rs). One that does not pass fails the sandbox.
 */
export function isTapMac(mac: string): boolean {
  return mac.split(':').length === 6 && mac.split(':').every(isRustHexByte);
}

/**
 * Whether Dragonball takes a MAC for a vhost-user device: each part must also be two characters long
 * (`MacAddr::parse_str`, dbs_utils/src/net/mac.rs). With one that does not pass the guest silently gets another MAC.
 */
export function isVhostUserMac(mac: string): boolean {
  return isTapMac(mac) && mac.split(':').every((part) => part.length === 2);
}

/** `net.ParseMAC`: 6, 8 or 20 bytes, in pairs divided by colons or dashes, or in fours divided by dots. */
export function parseGoMac(text: string): string | undefined {
  const isPairs = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2})*$/i.test(text);
  const isFours = /^[0-9a-f]{4}(\.[0-9a-f]{4})+$/i.test(text);
  const bytes = text.match(/[0-9a-f]{2}/gi) ?? [];
  return (isPairs || isFours) && [6, 8, 20].includes(bytes.length) ? bytes.join(':').toLowerCase() : undefined;
}

// `u8::from_str_radix(text, 16)` of Rust's standard library: a plus sign and leading zeros are allowed.
function isRustHexByte(text: string): boolean {
  return /^\+?[0-9a-f]+$/i.test(text) && Number.parseInt(text, 16) <= 255;
}
