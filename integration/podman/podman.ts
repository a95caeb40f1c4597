import { join } from 'node:path';
import { pauseImage, writePauseImage } from '../containerd/pause-image.ts';
import type { Host } from '../harness/host.ts';
import { install, pluginDirectory, writeInside } from '../harness/install.ts';

/** The options of podman. */
export interface PodmanOptions {
  /** Network configuration lists by file name. */
  readonly networks: Readonly<Record<string, object>>;
  /** CNI plugins to install, by the path of the executable. */
  readonly plugins?: readonly string[];
}

/** A container to run. */
export interface PodmanContainer {
  readonly name: string;
  readonly network: string;
  readonly ip?: string;
  readonly ip6?: string;
  readonly mac?: string;
}

/** podman's data about a container in a network. */
export interface PodmanNetwork {
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
  readonly Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly GlobalIPv6PrefixLen: number;
  readonly IPv6Gateway: string;
  readonly MacAddress: string;
}

const networkDirectory = '/etc/cni/net.d';

// Storage and state have podman's default paths: in a test host, these are empty file systems in memory.
const configuration = `
[network]
network_backend = "cni"
cni_plugin_dirs = ["${pluginDirectory}"]
network_config_dir = "${networkDirectory}"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
`;

// By default, podman raises the first two to the machine's maximum, which a test host may not do. It also requests a
// limit that needs a controller, which does not exist if the tests run in a container with cgroup v2.
const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--pids-limit', '-1'];

/** Debian's podman with its CNI networks, in a test host. It has no daemon; its containers end with the host. */
export class Podman {
  readonly #host: Host;

  private constructor(host: Host) {
    this.#host = host;
  }

  /** Configures podman in a host and loads its only image. */
  static async start(host: Host, { networks, plugins = [] }: PodmanOptions): Promise<Podman> {
    for (const plugin of plugins) await install(host, plugin);
    for (const [name, network] of Object.entries(networks)) {
      await writeInside(host, join(networkDirectory, name), JSON.stringify(network));
    }
    await writeInside(host, '/etc/containers/containers.conf', configuration);
    const image = join(host.directory, 'pause.tar');
    await writePauseImage(image);
    const podman = new Podman(host);
    await podman.#run('load', '--quiet', '--input', image);
    return podman;
  }

  /** Runs a container in the background and returns its id. */
  async run({ name, network, ip, ip6, mac }: PodmanContainer): Promise<string> {
    const wishes = Object.entries({ '--ip': ip, '--ip6': ip6, '--mac-address': mac });
    const given = wishes.flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
    const place = ['--name', name, '--network', network, '--cgroup-parent', this.#host.cgroup];
    return (await this.#run('run', '--detach', ...place, ...given, ...limits, pauseImage)).trim();
  }

  /** The networks of a container by name, as in `podman inspect`. */
  async networks(name: string): Promise<Readonly<Record<string, PodmanNetwork>>> {
    const output = await this.#run('inspect', '--format', '{{json .NetworkSettings.Networks}}', name);
    return JSON.parse(output) as Record<string, PodmanNetwork>;
  }

  /** Kills a container and removes it. */
  async rm(name: string): Promise<void> {
    await this.#run('rm', '--force', '--time', '0', name);
  }

  async #run(command: string, ...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#host.run('podman', [command, ...args]);
    if (exitCode !== 0) throw new Error(`podman ${command}: exit code ${exitCode}: ${stderr}`);
    return stdout;
  }
}
