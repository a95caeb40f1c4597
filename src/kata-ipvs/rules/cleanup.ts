import { type Ip, parseIp } from '../../model/ip.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { readOptions, valued } from './options.ts';

/** Connections of which the kernel is to keep nothing. */
export interface Cleanup {
  /** Where they were opened to. */
  readonly destination: Ip;
  readonly protocol: 'tcp' | 'udp';
}

const shapes = [valued('orig-dst', 'd'), valued('protonum', 'p')];

/** Parses the parameters of a cleanup: both are required. */
export function parseCleanup(words: readonly string[]): Parsed<Cleanup> {
  const given = readOptions(words, shapes);
  if (!given.ok) return given;
  const { options, rest } = given.value;
  if (rest[0] !== undefined) return reject(`"${rest[0]}" is one word too many`);
  const missing = shapes.find(({ name }) => !options.has(name));
  if (missing !== undefined) return reject(`--${missing.name} is missing`);
  const text = options.get('orig-dst') ?? '';
  const destination = parseIp(text);
  if (!destination.ok) return reject(`--orig-dst "${text}" ${destination.why}`);
  const protocol = options.get('protonum');
  if (protocol !== 'tcp' && protocol !== 'udp') return reject(`--protonum must be tcp or udp, not "${protocol ?? ''}"`);
  return accept({ destination: destination.value, protocol });
}

/** The arguments for conntrack. */
export function cleanupWords({ destination, protocol }: Cleanup): readonly string[] {
  return ['-D', '-d', destination.text, '-p', protocol];
}
