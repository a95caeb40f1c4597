import { eventually } from './eventually.ts';
import type { Host } from './host.ts';

/** A program that has a tap open. */
export interface TapHolder {
  /** Closes the tap. */
  readonly close: () => Promise<void>;
}

/** Opens a tap inside a host as a VMM does, and keeps it open until `close` is called. */
export async function holdTap(host: Host, tap: string): Promise<TapHolder> {
  const netdev = `tap,id=net0,ifname=${tap},script=no,downscript=no,vhost=off`;
  const quiet = ['-machine', 'none', '-nodefaults', '-display', 'none', '-monitor', 'stdio'];
  const program = host.spawn('qemu-system-x86_64', [...quiet, '-netdev', netdev], { stdin: 'pipe', reject: false });
  await eventually(`${tap} to be open`, async () => {
    const { stdout } = await host.run('sh', ['-c', 'grep -hs "^iff:" /proc/[0-9]*/fdinfo/*']);
    return stdout.includes(`iff:\t${tap}\n`) || undefined;
  });
  return {
    close: async () => {
      program.stdin.end('quit\n');
      await program;
    },
  };
}
