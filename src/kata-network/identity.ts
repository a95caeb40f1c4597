import type { Identity } from '../model/identity.ts';

/**
 * The network of every interface that `dan kata-network` adds. No network of CNI can have the name, for these begin with
 * a letter or a digit: so no DEL and no GC of one ever concerns such an interface.
 */
export const kataNetworkName = '@kata-network';

/** What such an interface is known by: its sandbox and its name in the guest. */
export function identityOf(sandbox: string, name: string): Identity {
  return { network: kataNetworkName, sandbox, ifname: name };
}
