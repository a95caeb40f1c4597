import { accept, type Parsed, reject } from './parsed.ts';

/** A Linux interface name that is safe wherever dan uses one: in the kernel, on a command line, as a file name. */
export type InterfaceName = string & { readonly __brand: 'InterfaceName' };

/**
 * Parses an interface name: letters, digits, "_", "-" and ".", the first a letter, at most 15 bytes (IFNAMSIZ less
 * one). This is narrower than the kernel's rule, so that a name can never be a command's option or a path.
 */
export function parseInterfaceName(value: unknown): Parsed<InterfaceName> {
  if (typeof value !== 'string') return reject('must be a string');
  if (value.length > 15) return reject('must have at most 15 characters, the limit of Linux for every interface');
  if (!/^[a-zA-Z][a-zA-Z0-9_.-]*$/.test(value)) {
    return reject('must start with a letter and hold only letters, digits, "_", "-", "."');
  }
  return accept(value as InterfaceName);
}
