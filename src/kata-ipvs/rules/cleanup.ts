import { parseIp } from '../../model/ip.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { oneOf, readOptions, valued } from './options.ts';

const shapes = [valued('orig-dst', 'd'), valued('protonum', 'p')];
const parseProtocol = oneOf(['tcp', 'udp']);

/** Parses the parameters of a cleanup, both of which are required, into the arguments for conntrack. */
export function parseCleanup(words: readonly string[]): Parsed<readonly string[]> {
  const given = readOptions(words, shapes);
  if (!given.ok) return given;
  const { options, rest } = given.value;
  if (rest[0] !== undefined) return reject(`"${rest[0]}" is one word too many`);
  const missing = shapes.find(({ name }) => !options.has(name));
  if (missing !== undefined) return reject(`--${missing.name} is missing`);
  const text = options.get('orig-dst') ?? '';
  const destination = parseIp(text);
  if (!destination.ok) return reject(`--orig-dst "${text}" ${destination.why}`);
  const protocol = parseProtocol(options.get('protonum') ?? '');
  if (!protocol.ok) return reject(`--protonum ${protocol.why}`);
  return accept(['-D', '-d', destination.value.text, '-p', protocol.value]);
}
