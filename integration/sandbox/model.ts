import { addressCount, type Attachment, type Network } from './networks.ts';

/** What somebody asks of dan. */
export type Action =
  | { readonly kind: 'ADD' | 'CHECK'; readonly attachment: Attachment }
  | { readonly kind: 'DEL'; readonly attachment: Attachment; readonly configuration: 'same' | 'faulty' }
  | { readonly kind: 'GC'; readonly network: Network; readonly valid: readonly Attachment[] | null | 'absent' };

/** The attachments that should be there, in the order in which they came. */
export type Attached = readonly Attachment[];

/** What an action should do: its error code, 0 for none, and what is attached then. */
export interface Expected {
  readonly code: number;
  readonly attached: Attached;
}

/** Says what an action should do to what is attached. */
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
  // One name in a sandbox; and the network with a fixed address gives the same one again.
  if (inSandbox.some((other) => other.ifname === ifname)) return 7;
  if (network === 'fixed' && inSandbox.some((other) => other.network === 'fixed')) return 7;
  // The code of Debian's host-local for a range that is used up.
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
