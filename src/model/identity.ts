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

/** Whether two identities are the same. Derived names are shorter, so two different attachments may share one. */
export function sameIdentity(one: Identity, other: Identity): boolean {
  return one.network === other.network && one.sandbox === other.sandbox && one.ifname === other.ifname;
}

/** The names of what dan makes for one attachment. They are the same on every retry. */
export interface DerivedNames {
  /** Name of the host-side link and of the record: `dan` and eleven hexadecimal digits. */
  readonly link: InterfaceName;
  /** The link's altname. Deleting a link by it proves ownership and deletes in one step. */
  readonly altname: string;
  /** The link's alias, for people and for GC: `dan:<network>:<sandbox>:<ifname>`. */
  readonly alias: string;
  /** MAC of the host-side link. It starts with fe:, so that a bridge with other ports never adopts it. */
  readonly linkMac: Mac;
  /** MACs of the two ends of a veth pair. The near end is on the host, the far end in the pod or at a switch. */
  readonly vethMacs: { readonly host: Mac; readonly far: Mac };
  /** Cookie of tc actions: 16 bytes in hexadecimal digits, the most that a cookie holds (TC_COOKIE_MAX_SIZE). */
  readonly cookie: string;
  /** Default MAC of the guest's interface, locally administered. */
  readonly guestMac: Mac;
}

/** The derived name of an attachment's link and record, as in {@link deriveNames}. */
export function linkNameOf(identity: Identity): InterfaceName {
  return linkName(hashOf(identity));
}

/** Derives every name of an attachment from its identity. */
export function deriveNames(identity: Identity): DerivedNames {
  const hash = hashOf(identity);
  return {
    link: linkName(hash),
    altname: `dan-${hash.slice(0, 40)}`,
    alias: alias(identity),
    linkMac: macFrom('fe', hash.slice(40, 50)),
    vethMacs: { host: macFrom('fe', hash.slice(44, 54)), far: macFrom('fe', hash.slice(54, 64)) },
    cookie: hash.slice(0, 32),
    guestMac: macFrom('02', hash.slice(50, 60)),
  };
}

function hashOf({ network, sandbox, ifname }: Identity): string {
  return sha256([network, sandbox, ifname].join('\0'));
}

function linkName(hash: string): InterfaceName {
  return `dan${hash.slice(0, 11)}` as InterfaceName;
}

// IFALIASZ is 256 with the terminating zero. A container id and an interface name leave room for any sensible network.
function alias({ network, sandbox, ifname }: Identity): string {
  const full = `dan:${network}:${sandbox}:${ifname}`;
  return full.length <= 255 ? full : `dan:${sha256(network).slice(0, 32)}:${sandbox}:${ifname}`;
}

/** The derived name of the attachment that a link name or altname belongs to; undefined for other texts. */
export function derivedNameIn(text: string): InterfaceName | undefined {
  const [, ofName, ofAltname] = /^dan(?:([0-9a-f]{11})[hip]?|-([0-9a-f]{11})[0-9a-f]{29}(?:-[hip])?)$/.exec(text) ?? [];
  const digits = ofName ?? ofAltname;
  return digits === undefined ? undefined : (`dan${digits}` as InterfaceName);
}

/** The attachment that an alias names, with its network according to the alias; undefined if dan did not set the alias. */
export function identityOfAlias(text: string): Identity | undefined {
  const [, network, sandbox, ifname] = /^dan:([^:]+):([^:]+):([^:]+)$/.exec(text) ?? [];
  if (network === undefined || sandbox === undefined || ifname === undefined) return undefined;
  return { network, sandbox, ifname };
}

/** Whether an altname belongs to a derived name. `end` is the letter of the attachment's further link, or empty. */
export function isAltnameOf(text: string, name: InterfaceName, end: string): boolean {
  return (
    isOwnAltname(text) && text.startsWith(`dan-${name.slice(3)}`) && text.slice(44) === (end === '' ? '' : `-${end}`)
  );
}

/** Whether an altname has the form of dan's altnames, including those of the ends of a veth pair and of an ifb. */
export function isOwnAltname(text: string): boolean {
  return /^dan-[0-9a-f]{40}(-[hip])?$/.test(text);
}

function macFrom(first: 'fe' | '02', digits: string): Mac {
  const octet = (index: number): string => digits.slice(2 * index, 2 * index + 2);
  return `${first}:${octet(0)}:${octet(1)}:${octet(2)}:${octet(3)}:${octet(4)}` as Mac;
}

/** The id of a sandbox, usable as a file name with room for a suffix. */
export type SandboxId = string & { readonly __brand: 'SandboxId' };

/**
 * Parses a sandbox id that already passed the spec's rule. 200 bytes leave room for `<id>.json` and temporary files.
 */
export function parseSandboxId(value: string): Parsed<SandboxId> {
  return value.length <= 200 ? accept(value as SandboxId) : reject('must have at most 200 characters: it names a file');
}
