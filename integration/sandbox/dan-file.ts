import type { Host } from '../harness/host.ts';

/** A device in a DAN file, as far as these tests look at it. */
interface Device {
  readonly name: string;
  readonly guest_mac: string;
  readonly network_info: {
    readonly interface: { readonly ip_addresses: readonly string[] };
    readonly routes: readonly { readonly dest: string }[];
  };
}

/** Where a sandbox's DAN file is. */
export function danFileOf(sandbox = 'sandbox-1'): string {
  return `/run/kata-containers/dans/${sandbox}.json`;
}

/** The devices in a sandbox's DAN file, in order; none without a file. */
export async function devicesIn(host: Host, sandbox?: string): Promise<readonly Device[]> {
  const text = await host.sh(`cat ${danFileOf(sandbox)} 2>/dev/null || :`);
  return text === '' ? [] : (JSON.parse(text) as { devices: readonly Device[] }).devices;
}
