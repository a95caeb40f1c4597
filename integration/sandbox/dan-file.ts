import type { Host } from '../harness/host.ts';

/** The fields of a device in a DAN file that these tests need. */
interface Device {
  readonly name: string;
  readonly guest_mac: string;
  readonly network_info: {
    readonly interface: { readonly ip_addresses: readonly string[] };
    readonly routes: readonly { readonly dest: string }[];
  };
}

/** The path of a sandbox's DAN file. */
export function danFileOf(sandbox = 'sandbox-1'): string {
  return `/run/kata-containers/dans/${sandbox}.json`;
}

/** The devices in a sandbox's DAN file, in order; none without a file. */
export async function devicesIn(host: Host, sandbox?: string): Promise<readonly Device[]> {
  const text = await host.sh(`cat ${danFileOf(sandbox)} 2>/dev/null || :`);
  return text === '' ? [] : (JSON.parse(text) as { devices: readonly Device[] }).devices;
}
