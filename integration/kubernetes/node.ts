import { fileURLToPath } from 'node:url';
import { builtPrograms, program } from '../clients/programs.ts';
import { Cri } from '../containerd/cri.ts';
import { installKataShim } from '../docs/shim.ts';
import { guestImage } from '../guest/image.ts';
import { Host } from '../harness/host.ts';
import { eventually } from '../harness/eventually.ts';
import { pluginDirectory, writeInside } from '../harness/install.ts';
import type { Certificates } from './certificates.ts';
import { Daemon } from './daemon.ts';
import { addresses, type DataCentre } from './data-centre.ts';
import {
  containerdConfiguration,
  kubeletConfiguration,
  kubeProxyConfiguration,
  networkDirectory,
  podNetwork,
} from './node-configuration.ts';

const containerdSocket = '/run/containerd/containerd.sock';
const reader = fileURLToPath(new URL('../reader/main.ts', import.meta.url));

/** The directories of a node that survive a reboot, with their sources. */
const disk = { '/etc': '/etc/.', '/opt': '', '/var/lib': '', '/var/log': '' } as const;

/**
 * Settings that the kubelet would change for the whole machine: the node sees files instead of them, with the values
 * that the kubelet expects.
 */
const settings = {
  'vm/overcommit_memory': 1,
  'vm/panic_on_oom': 0,
  'kernel/panic': 10,
  'kernel/panic_on_oops': 1,
  'kernel/keys/root_maxkeys': 1000000,
  'kernel/keys/root_maxbytes': 25000000,
} as const;

/** Debian 12's containerd, or a newer one that is built from its Go module. Only the newer one calls STATUS. */
export type ContainerdRelease = 'debian' | 'newer';

/** The options of a node. */
export interface NodeOptions {
  readonly dataCentre: DataCentre;
  readonly certificates: Certificates;
  readonly name: string;
  /** The last part of its addresses, from 1 to 9. */
  readonly index: number;
  /** Archives of the node's images. */
  readonly images: readonly string[];
  readonly containerd: ContainerdRelease;
  /** Handlers of Kata with a directory of networks each, in addition to `kata`. */
  readonly handlers: readonly string[];
}

/** A node: containerd, kubelet and kube-proxy in their own namespaces, with Kata's stand-in as a handler. */
export class Node implements AsyncDisposable {
  readonly name: string;
  readonly #options: NodeOptions;
  readonly #disk: string;
  #host: Host;
  #containerd: Daemon | undefined;
  #kubelet: Daemon | undefined;

  private constructor(options: NodeOptions, host: Host) {
    this.name = options.name;
    this.#options = options;
    this.#host = host;
    this.#disk = `${options.dataCentre.host.directory}/disks/${options.name}`;
  }

  /** Creates and starts a node, which becomes ready some time later. */
  static async create(options: NodeOptions): Promise<Node> {
    await guestImage();
    const node = new Node(options, await Host.create(options.dataCentre.host));
    await node.#mountDisk();
    await node.#setUp();
    await node.#start();
    for (const image of options.images) {
      const ctr = `PATH='${node.#path}' ctr --address ${containerdSocket} --namespace k8s.io`;
      await node.host.sh(`${ctr} images import '${image}'`);
    }
    return node;
  }

  /** The node's namespaces, which a reboot replaces. */
  get host(): Host {
    return this.#host;
  }

  /** Switches the node off and on again: processes, links and files in memory are lost, the disk stays. */
  async reboot(): Promise<void> {
    await this.switchOff();
    await this.switchOn();
  }

  /** Ends everything on the node at once, like a power failure. */
  async switchOff(): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
  }

  /** Starts a node that was switched off. */
  async switchOn(): Promise<void> {
    this.#host = await Host.create(this.#options.dataCentre.host);
    await this.#mountDisk();
    await this.#start();
  }

  /** Ends containerd or the kubelet. */
  async stop(which: 'containerd' | 'kubelet', signal: 'TERM' | 'KILL'): Promise<void> {
    await (which === 'containerd' ? this.#containerd : this.#kubelet)?.end(signal);
  }

  /** Starts containerd, and waits until it answers. */
  async startContainerd(): Promise<void> {
    const env = {
      DAN_CONF: '/run/kata-containers/dans',
      GUESTS: '/run/guests',
      NODE: process.execPath,
      READER: reader,
      IN_GUEST: fileURLToPath(new URL('in-guest.ts', import.meta.url)),
      PATH: this.#path,
    };
    this.#containerd = new Daemon(
      this.#host,
      'containerd',
      ['containerd', '--config', '/etc/containerd/config.toml'],
      env,
    );
    // Through the path of the node's file system, which the tests are outside of.
    using cri = new Cri(`/proc/${this.#host.pid}/root${containerdSocket}`, this.#host.cgroup);
    const answers = async (): Promise<true | undefined> => {
      const condition = (await cri.status()).get('RuntimeReady');
      return condition?.status === true ? true : undefined;
    };
    await eventually('an answer of containerd', answers, { seconds: 60, signal: this.#containerd.ended });
  }

  /** Starts the kubelet. */
  startKubelet(): void {
    const { certificates, name, index } = this.#options;
    const { ipv4, ipv6 } = addresses.node(index);
    this.#kubelet = new Daemon(this.#host, 'kubelet', [
      program('kubernetes', 'kubelet'),
      ...['--config', '/etc/kubernetes/kubelet.yaml', '--kubeconfig', certificates.path(`${name}.kubeconfig`)],
      ...['--hostname-override', name, '--node-ip', `${ipv4},${ipv6}`, '--cgroup-root', this.#host.cgroup],
      // The label that kata-deploy sets on a node with Kata.
      ...['--node-labels', 'katacontainers.io/kata-runtime=true'],
    ]);
  }

  /** The end of the logs of containerd and of the kubelet, for a failing test's message. */
  async lastWords(): Promise<string> {
    const words = [this.#containerd, this.#kubelet].map(
      async (daemon) => `${daemon?.name}: ${await daemon?.lastWords()}`,
    );
    return (await Promise.all(words)).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.switchOff();
  }

  /** Where containerd and its other programs are found. */
  get #path(): string {
    const { PATH = '' } = process.env;
    return this.#options.containerd === 'newer' ? `${builtPrograms('containerd')}:${PATH}` : PATH;
  }

  async #mountDisk(): Promise<void> {
    const mounts = Object.entries(disk).map(([place, content]) => {
      const part = `${this.#disk}${place}`;
      const fill = content === '' ? ':' : `cp -a ${content} '${part}'`;
      return `[ -d '${part}' ] || { mkdir -p '${part}'; ${fill}; }; mkdir -p ${place}; mount --bind '${part}' ${place}`;
    });
    const fakes = Object.entries(settings).map(
      ([path, value]) =>
        `mkdir -p "$(dirname /run/settings/${path})"; echo ${value} >/run/settings/${path}; mount --bind /run/settings/${path} /proc/sys/${path}`,
    );
    await this.#host.sh(`
      ${[...mounts, ...fakes].join('\n')}
      mount --make-rshared /
      mkdir -p /run/guests`);
    await installKataShim(this.#host);
  }

  /** Runs once: does what a distribution, kata-deploy and the network plugin would have done to the disk. */
  async #setUp(): Promise<void> {
    const { index, certificates, name, handlers } = this.#options;
    await this.#host.sh(`
      rm -rf /etc/cni /etc/kata-containers
      mkdir -p /etc/cni/net.d ${['kata', ...handlers].map(networkDirectory).join(' ')} /opt/cni/bin
      cp ${pluginDirectory}/* /opt/cni/bin`);
    const files = {
      '/etc/cni/net.d/10-pods.conflist': podNetwork(index),
      '/etc/containerd/config.toml': containerdConfiguration(containerdSocket, handlers),
      '/etc/kubernetes/kubelet.yaml': kubeletConfiguration(certificates, name, containerdSocket),
      '/etc/kubernetes/kube-proxy.yaml': kubeProxyConfiguration(certificates, name),
      '/opt/kata/share/defaults/kata-containers/configuration.toml':
        '[runtime]\ndan_conf = "/run/kata-containers/dans"\n',
    };
    for (const [path, content] of Object.entries(files)) await writeInside(this.#host, path, content);
    const { ipv4, ipv6 } = addresses.node(index);
    await certificates.issue(name, {
      name: `system:node:${name}`,
      group: 'system:nodes',
      serves: [`DNS:${name}`, `IP:${ipv4}`, `IP:${ipv6}`],
    });
    await certificates.issue(`${name}-proxy`, { name: 'system:kube-proxy' });
  }

  async #start(): Promise<void> {
    const { dataCentre, name, index } = this.#options;
    await dataCentre.plug(this.#host, 'lan', 'lan', `${name}-lan`);
    await dataCentre.plug(this.#host, 'uplink', 'guests', `${name}-guests`);
    const { ipv4, ipv6 } = addresses.node(index);
    await this.#host.sh(`
      ip address add ${ipv4}/24 dev lan
      ip address add ${ipv6}/64 dev lan nodad
      ip link set lan up
      ip route add default via ${addresses.controlPlane}
      for family in ipv4/ip_forward ipv6/conf/all/forwarding; do echo 1 >/proc/sys/net/$family; done
      ip link add br0 type bridge
      ip link set uplink master br0 up
      ip link set br0 up
      for cgroup in /sys/fs/cgroup /sys/fs/cgroup/*; do
        [ -e "$cgroup/cgroup.procs" ] || continue
        mkdir -p "$cgroup${this.#host.cgroup}"
        path=$cgroup
        for part in $(echo ${this.#host.cgroup} | tr / ' '); do
          for file in cpuset.cpus cpuset.mems; do
            [ ! -e "$path/$file" ] || [ -e "$path/cgroup.controllers" ] || cat "$path/$file" >"$path/$part/$file"
          done
          path=$path/$part
        done
      done`);
    await this.startContainerd();
    this.startKubelet();
    new Daemon(this.#host, 'kube-proxy', [
      program('kubernetes', 'kube-proxy'),
      ...['--config', '/etc/kubernetes/kube-proxy.yaml', '--hostname-override', name],
    ]);
  }
}
