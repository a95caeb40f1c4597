import { sha256 } from '#bytes';
import type { InterfaceName } from './interface-name.ts';
import type { Mac } from './mac.ts';
import { accept, type Parsed, reject } from './parsed.ts';

/** What identifies an attachment in CNI 1.1.0: network, container id and interface name. */
export interface Identity {
  readonly network: string;
  readonly sandbox: string;
  readonly ifname: string;
}

/** Whether two identities are one. Derived names are shorter, so that those of two attachments may be the same. */
export function sameIdentity(one: Identity, other: Identity): boolean {
  return one.network === other.network && one.sandbox === other.sandbox && one.ifname === other.ifname;
}

/** The names of what dan makes for one attachment; the same on every retry. */
export interface DerivedNames {
  /** Name of the host-side link and of the record: `dan` and eleven hexadecimal digits. */
  readonly link: InterfaceName;
  /** The link's altname. Deleting by it is proof of ownership and deletion in one step. */
  readonly altname: string;
  /** The link's alias, for people and for GC: `dan:<network>:<sandbox>:<ifname>`. */
  readonly alias: string;
  /** MAC of the host-side link. It starts with fe:, so that a bridge with other ports never adopts it. */
  readonly linkMac: Mac;
  /** MACs of the two ends of a veth pair, of which one is on the host, and the far one in the pod or at a switch. */
  readonly vethMacs: { readonly host: Mac; readonly far: Mac };
  /** Cookie of tc actions: 16 bytes in hexadecimal digits, the most that a cookie holds (TC_COOKIE_MAX_SIZE). */
  readonly cookie: string;
  /** Default MAC of the guest's interface, locally administered. */
  readonly guestMac: Mac;
}

/** Derives every name of an attachment from what identifies it. */
export function deriveNames(identity: Identity): DerivedNames {
  const { network, sandbox, ifname } = identity;
  const hash = sha256([network, sandbox, ifname].join('\0'));
  return {
    link: `dan${hash.slice(0, 11)}` as InterfaceName,
    altname: `dan-${hash.slice(0, 40)}`,
    alias: alias(identity),
    linkMac: macFrom('fe', hash.slice(40, 50)),
    vethMacs: { host: macFrom('fe', hash.slice(44, 54)), far: macFrom('fe', hash.slice(54, 64)) },
    cookie: hash.slice(0, 32),
    guestMac: macFrom('02', hash.slice(50, 60)),
  };
}

// IFALIASZ is 256 with the terminating zero. A container id and an interface name leave room for any sensible network.
function alias({ network, sandbox, ifname }: Identity): string {
  const full = `dan:${network}:${sandbox}:${ifname}`;
  return full.length <= 255 ? full : `dan:${sha256(network).slice(0, 32)}:${sandbox}:${ifname}`;
}

/** The attachment's derived name, taken from the name or an altname of one of its links; undefined for other texts. */
export function derivedNameIn(text: string): InterfaceName | undefined {
  const [, ofName, ofAltname] = /^dan(?:([0-9a-f]{11})[hip]?|-([0-9a-f]{11})[0-9a-f]{29}(?:-[hip])?)$/.exec(text) ?? [];
  const digits = ofName ?? ofAltname;
  return digits === undefined ? undefined : (`dan${digits}` as InterfaceName);
}

/** The attachment that an alias names, with its network as the alias has it; undefined for an alias that dan did not set. */
export function identityOfAlias(text: string): Identity | undefined {
  const [, network, sandbox, ifname] = /^dan:([^:]+):([^:]+):([^:]+)$/.exec(text) ?? [];
  if (network === undefined || sandbox === undefined || ifname === undefined) return undefined;
  return { network, sandbox, ifname };
}

/** Whether an altname is one that goes with a derived name, and with the further link that has this letter, if any. */
export function isAltnameOf(text: string, name: InterfaceName, end: string): boolean {
  return (
    isOwnAltname(text) && text.startsWith(`dan-${name.slice(3)}`) && text.slice(44) === (end === '' ? '' : `-${end}`)
  );
}

/** Whether an altname has the form of those by which links of dan are known, the ends of a veth pair and an ifb among them. */
export function isOwnAltname(text: string): boolean {
  return /^dan-[0-9a-f]{40}(-[hip])?$/.test(text);
}

function macFrom(first: 'fe' | '02', digits: string): Mac {
  const octet = (index: number): string => digits.slice(2 * index, 2 * index + 2);
  return `${first}:${octet(0)}:${octet(1)}:${octet(2)}:${octet(3)}:${octet(4)}` as Mac;
}

/** The id of a sandbox, usable as a file name with room for a suffix. */
export type SandboxId = string & { readonly __brand: 'SandboxId' };

/** Parses a sandbox id that already passed the spec's rule: at most 200 bytes, for `<id>.json` and temporary names. */
export function parseSandboxId(value: string): Parsed<SandboxId> {
  return value.length <= 200 ? accept(value as SandboxId) : reject('must have at most 200 characters: it names a file');
}
