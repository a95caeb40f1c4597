import { execa } from 'execa';
import { Host } from '../harness/host.ts';

/** The data centre's addresses: `lan` connects nodes and control plane, `guests` the bridges `br0` of the nodes. */
export const addresses = {
  controlPlane: '10.77.0.1',
  node: (index: number) => ({ ipv4: `10.77.0.1${index}`, ipv6: `fd00:77::1${index}` }),
  /** The router in the network of the bridges `br0`. */
  router: '10.88.0.1',
} as const;

/** Two switches, and a router on each. Everything in it ends with it. */
export class DataCentre implements AsyncDisposable {
  readonly host: Host;

  private constructor(host: Host) {
    this.host = host;
  }

  static async create(): Promise<DataCentre> {
    const host = await Host.create();
    try {
      await host.sh(`
        for switch in lan guests; do ip link add $switch type bridge; ip link set $switch up; done
        ip address add ${addresses.controlPlane}/24 dev lan
        ip address add fd00:77::1/64 dev lan nodad
        ip address add ${addresses.router}/16 dev guests
        echo 1 >/proc/sys/net/ipv4/ip_forward
        mkdir '${host.directory}/disks'`);
      return new DataCentre(host);
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Connects a cable to a switch; its other end is the link `name` of the host. */
  async plug(host: Host, name: string, into: 'lan' | 'guests', cable: string): Promise<void> {
    const inHere = ['--target', String(this.host.pid), '--net', '--', 'ip'];
    // Uses the machine's process id: the two process namespaces do not know each other's.
    const peer = ['peer', 'name', name, 'netns', String(host.pid)];
    await execa('nsenter', [...inHere, 'link', 'add', cable, 'type', 'veth', ...peer]);
    await execa('nsenter', [...inHere, 'link', 'set', cable, 'master', into, 'up']);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }
}
