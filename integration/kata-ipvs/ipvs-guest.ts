import { fileURLToPath } from 'node:url';
import { Guest } from '../guest/guest.ts';
import { connectGuest, shellSocket } from '../guest/shell.ts';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import type { Finished } from '../harness/starter.ts';
import { executable } from '../harness/plugin.ts';

/** Whole id of the guest's sandbox. */
export const sandbox = '6ec7a98f02b14c3f';

/** The address of the service. The servers are at 10.1.1.2 and 10.1.2.2, port 8080, and answer `one` and `two`. */
export const serviceAddress = '10.9.9.9';

const consolePort = 1026;

const consoleClient = fileURLToPath(new URL('./console-client.ts', import.meta.url));
const throughShell = fileURLToPath(new URL('./through-shell.ts', import.meta.url));

// A client and two servers, each in its own namespace behind the guest; and, as in Kata's agent, a shell on a terminal
// for each connection.
const setUp = `
mkdir -p /run /dev/pts
mount -t devpts devpts /dev/pts
echo 1 >/proc/sys/net/ipv4/ip_forward
number=0
for name in client one two; do
  ip netns add $name
  ip link add $name type veth peer name eth0 netns $name
  ip address add 10.1.$number.1/24 dev $name
  ip link set $name up
  ip -n $name address add 10.1.$number.2/24 dev eth0
  ip -n $name link set eth0 up
  ip -n $name link set lo up
  ip -n $name route add default via 10.1.$number.1
  number=$((number + 1))
done
for last in $(seq 3 9); do ip -n client address add 10.1.0.$last/24 dev eth0; done
ip address add ${serviceAddress}/32 dev lo
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
ipvsadm -C
echo 1 >/proc/sys/net/ipv4/vs/conntrack
# The kernel tracks connections where somebody asks for their state.
echo 'table ip test { chain input { type filter hook input priority 0; ct state invalid counter; }; }' | nft -f -
for name in one two; do ip netns exec $name busybox nc -ll -p 8080 -e echo $name >/dev/null 2>&1 & done
busybox nc -ll -p ${consolePort} -e /usr/bin/env --default-signal script -qec /usr/bin/bash /dev/null >/dev/null 2>&1 &
`;

/** A guest with ip_vs, ipvsadm and conntrack, whose host reaches it through the debug console and its shell. */
export class IpvsGuest implements AsyncDisposable {
  readonly host: Host;
  readonly #guest: Guest;

  private constructor(host: Host, guest: Guest) {
    this.host = host;
    this.#guest = guest;
  }

  /** Boots it, and waits until client, servers and console are ready. */
  static async boot(): Promise<IpvsGuest> {
    const host = await Host.create();
    try {
      const forward = `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${consolePort}-10.0.2.15:${consolePort}`;
      const qemuArgs = ['-netdev', forward, '-device', 'virtio-net-pci,netdev=net'];
      const guest = await Guest.boot({ host, equipment: 'ipvs', mayContinue: true, qemuArgs });
      // The shell serves one client at a time: from here on, each connects only for as long as it needs.
      guest.shell[Symbol.dispose]();
      const booted = new IpvsGuest(host, guest);
      await booted.text(setUp);
      await booted.#installKataRuntime();
      await eventually('servers and console', () =>
        booted.text(`
          for name in one two; do ip netns exec $name busybox netstat -ltn | grep -q :8080; done
          busybox netstat -ltn | grep -q :${consolePort}`),
      );
      return booted;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a script in the guest that must succeed, and returns its trimmed output. */
  async text(script: string, timeoutSeconds?: number): Promise<string> {
    using shell = await connectGuest(shellSocket(this.#guest.directory));
    return await shell.text(`set -e\n${script}`, timeoutSeconds);
  }

  /** Runs `dan kata-ipvs` on the host. */
  dan(line: readonly string[], input?: string): Promise<Finished> {
    const env = { PATH: '/usr/bin:/bin' };
    return this.host.run(executable, ['kata-ipvs', ...line], { env, ...(input === undefined ? {} : { input }) });
  }

  /** The command for `--exec` that reaches the guest's shell. */
  get throughShell(): string {
    const { NODE_COMPILE_CACHE = '' } = process.env;
    const node = `/usr/bin/env NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE} ${process.execPath}`;
    return `${node} ${throughShell} ${shellSocket(this.#guest.directory)}`;
  }

  /** The name of the server that answers a client with this address, through the service. */
  connect(address: string): Promise<string> {
    return this.text(`
      ip -n client route replace default via 10.1.0.1 src ${address}
      ip netns exec client busybox nc -w 5 ${serviceAddress} 80 </dev/null`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guest[Symbol.asyncDispose]();
    await this.host[Symbol.asyncDispose]();
  }

  // The path in Kata's own packages, and the directory of a running sandbox, by which dan resolves the prefix of an id.
  async #installKataRuntime(): Promise<void> {
    await this.host.sh(`
      mount -t tmpfs tmpfs /opt
      mkdir -p /opt/kata/bin /run/vc/sbs/${sandbox}
      : >/run/vc/sbs/${sandbox}/shim-monitor.sock
      cat >/opt/kata/bin/kata-runtime <<'END'
#!/bin/sh
[ ! -t 0 ] || stty raw -echo
exec ${process.execPath} ${consoleClient} ${consolePort} ${sandbox} "$@"
END
      chmod 755 /opt/kata/bin/kata-runtime`);
  }
}
