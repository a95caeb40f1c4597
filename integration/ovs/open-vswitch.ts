import type { Host } from '../harness/host.ts';
import { type Daemon, runDirectory, startDaemon, stopDaemon } from './daemon.ts';
import { type DpdkMemory, dpdkSettings, prepareDpdkMemory } from './dpdk.ts';

/** The options of an Open vSwitch. */
export interface SwitchOptions {
  /** DPDK and its memory; without it, the switch has no vhost-user ports. */
  readonly dpdk?: DpdkMemory;
  /** Whether guests may leave checksums and TCP segmentation to the switch. */
  readonly userspaceTso?: boolean;
}

const database = '/var/lib/openvswitch/conf.db';
const schema = '/usr/share/openvswitch/vswitch.ovsschema';

const databaseServer: Daemon = {
  name: 'ovsdb-server',
  program: '/usr/sbin/ovsdb-server',
  args: [database, `--remote=punix:${runDirectory}/db.sock`],
};

/** Debian has a separate program for each; /usr/sbin/ovs-vswitchd is the administrator's choice. */
const vswitchd = (dpdk: boolean): Daemon => ({
  name: 'ovs-vswitchd',
  program: dpdk ? '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk' : '/usr/lib/openvswitch-switch/ovs-vswitchd',
  args: [],
});

/**
 * An Open vSwitch inside a test host, with an empty database at the default place. Its datapath is in user space. It
 * ends with the host; disposing of it earlier gives the machine's huge pages back, if it has any.
 */
export class OpenVSwitch implements AsyncDisposable {
  readonly #host: Host;
  readonly #vswitchd: Daemon;
  readonly #memory: AsyncDisposable | undefined;

  private constructor(host: Host, options: SwitchOptions, memory: AsyncDisposable | undefined) {
    this.#host = host;
    this.#vswitchd = vswitchd(options.dpdk !== undefined);
    this.#memory = memory;
  }

  /** Starts the database and the switch; both are ready when this returns. */
  static async start(host: Host, options: SwitchOptions = {}): Promise<OpenVSwitch> {
    const { dpdk, userspaceTso = false } = options;
    const memory = dpdk === undefined ? undefined : await prepareDpdkMemory(host, dpdk);
    const ovs = new OpenVSwitch(host, options, memory);
    try {
      await host.sh(`mkdir -p ${runDirectory} /var/lib/openvswitch; ovsdb-tool create ${database} ${schema}`);
      await ovs.startDatabase();
      const settings = [
        `other_config:userspace-tso-enable=${userspaceTso}`,
        ...(dpdk === undefined ? [] : dpdkSettings(dpdk)),
      ];
      await ovs.vsctl('--no-wait', 'init', '--', 'set', 'Open_vSwitch', '.', ...settings);
      await ovs.startSwitch();
      return ovs;
    } catch (error) {
      await ovs[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Runs ovs-vsctl and returns its trimmed output; throws with its error output if it fails. A port that the switch
   * cannot make is no failure: the reason is only in the column `error` of the interface.
   */
  async vsctl(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#host.run('ovs-vsctl', ['--timeout=10', ...args]);
    if (exitCode !== 0) throw new Error(`exit code ${exitCode} from: ovs-vsctl ${args.join(' ')}\n${stderr}`);
    return stdout.trim();
  }

  /** Makes a bridge in the user-space datapath: the kernel's needs a module that test machines do not have. */
  async addBridge(name: string): Promise<void> {
    await this.vsctl('add-br', name, '--', 'set', 'Bridge', name, 'datapath_type=netdev');
  }

  /**
   * What sandboxes have in the switch, one line each, such as `port dan3f9c1e7a02b`: ports and interfaces except the
   * bridges' own, rows of limits, and sockets for vhost-user. After the last sandbox, nothing must be left.
   */
  async rows(): Promise<readonly string[]> {
    const names = async (table: string): Promise<string[]> => {
      const output = await this.vsctl('--bare', '--columns=name', 'list', table);
      return output.split('\n').filter((line) => line !== '');
    };
    const bridges = await names('Bridge');
    const others = async (table: 'Port' | 'Interface'): Promise<string[]> =>
      (await names(table)).filter((name) => !bridges.includes(name)).map((name) => `${table.toLowerCase()} ${name}`);
    const sockets = await this.#host.sh(
      "[ ! -d /run/dan/vhost-user ] || find /run/dan/vhost-user -type s | sed 's/^/socket /'",
    );
    const limits = (await this.vsctl('--bare', '--columns=_uuid', 'list', 'QoS'))
      .split('\n')
      .filter((line) => line !== '');
    const rows = [...(await others('Port')), ...(await others('Interface')), ...limits.map((uuid) => `qos ${uuid}`)];
    const lines = [...rows, ...sockets.split('\n')];
    return lines.filter((line) => line !== '').sort();
  }

  /** Ends the database; the switch continues with what it has read. */
  async stopDatabase(): Promise<void> {
    await stopDaemon(this.#host, 'ovsdb-server');
  }

  /** Starts the database with the content it had. */
  async startDatabase(): Promise<void> {
    await startDaemon(this.#host, databaseServer);
  }

  /** Ends the switch; the database stays, with everything that the switch will have when it is back. */
  async stopSwitch(): Promise<void> {
    await stopDaemon(this.#host, 'ovs-vswitchd');
  }

  /** Starts the switch with what the database has. */
  async startSwitch(): Promise<void> {
    await startDaemon(this.#host, this.#vswitchd);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Given back last, and even if something else fails.
    await using _memory = this.#memory;
    await this.stopSwitch();
    await this.stopDatabase();
  }
}
