import { addressCount, type Attachment, type Network } from './networks.ts';

/** A request to dan. */
export type Action =
  | { readonly kind: 'ADD' | 'CHECK'; readonly attachment: Attachment }
  | { readonly kind: 'DEL'; readonly attachment: Attachment; readonly configuration: 'same' | 'faulty' }
  | { readonly kind: 'GC'; readonly network: Network; readonly valid: readonly Attachment[] | null | 'absent' };

/** The attachments that should exist, in the order in which they were made. */
export type Attached = readonly Attachment[];

/** The expected outcome of an action: its error code, 0 for none, and the attachments afterwards. */
export interface Expected {
  readonly code: number;
  readonly attached: Attached;
}

/** The expected outcome of an action, given the existing attachments. */
export function expected(action: Action, attached: Attached): Expected {
  switch (action.kind) {
    case 'ADD': {
      const code = refusal(action.attachment, attached);
      return code === undefined ? { code: 0, attached: [...attached, action.attachment] } : { code, attached };
    }
    case 'DEL':
      return { code: 0, attached: attached.filter((other) => !isSame(other, action.attachment)) };
    case 'CHECK':
      return { code: attached.some((other) => isSame(other, action.attachment)) ? 0 : 115, attached };
    case 'GC':
      return { code: 0, attached: collected(action.network, action.valid, attached) };
    default:
      return action satisfies never;
  }
}

function refusal(attachment: Attachment, attached: Attached): number | undefined {
  const { network, sandbox, ifname } = attachment;
  if (attached.some((other) => isSame(other, attachment))) return 100;
  const inSandbox = attached.filter((other) => other.sandbox === sandbox);
  // A name is unique in a sandbox, and the network with a fixed address always gives the same one.
  if (inSandbox.some((other) => other.ifname === ifname)) return 7;
  if (network === 'fixed' && inSandbox.some((other) => other.network === 'fixed')) return 7;
  // The code of Debian's host-local for an exhausted range.
  const leases = attached.filter((other) => other.network === 'leased').length;
  return network === 'leased' && leases === addressCount ? 999 : undefined;
}

function collected(network: Network, valid: readonly Attachment[] | null | 'absent', attached: Attached): Attached {
  if (valid === 'absent') return attached;
  const inUse = (other: Attachment): boolean =>
    (valid ?? []).some(({ sandbox, ifname }) => sandbox === other.sandbox && ifname === other.ifname);
  return attached.filter((other) => other.network !== network || inUse(other));
}

function isSame(one: Attachment, other: Attachment): boolean {
  return one.network === other.network && one.sandbox === other.sandbox && one.ifname === other.ifname;
}
