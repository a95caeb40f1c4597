/** The SHA-256 of a text, in hexadecimal digits. */
export function sha256(text: string): string {
  // Loading node:crypto would take a seventh of an ADD's time.
  if ('Bun' in globalThis) return new Bun.CryptoHasher('sha256').update(text).digest('hex');
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}
