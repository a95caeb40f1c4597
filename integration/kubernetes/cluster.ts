import { mkdir } from 'node:fs/promises';
import type { Host } from '../harness/host.ts';
import { Certificates } from './certificates.ts';
import { apiServer, startControlPlane } from './control-plane.ts';
import { DataCentre } from './data-centre.ts';
import { type FurtherImage, writeImages } from './images.ts';
import { Kubectl } from './kubectl.ts';
import { type ContainerdRelease, Node } from './node.ts';

/** The options of a cluster. */
export interface ClusterOptions {
  /** The number of nodes: 1 if it is not given. */
  readonly nodes?: number;
  /** What the nodes run: Debian's containerd if it is not given. */
  readonly containerd?: ContainerdRelease;
  /** Handlers of Kata in addition to `kata` and `kata-multus`, each with a directory of networks. */
  readonly handlers?: readonly string[];
  /** Images that not every cluster has. */
  readonly images?: readonly FurtherImage[];
}

/** A separate Kubernetes cluster: a control plane and nodes, in namespaces and directories that end with it. */
export class Cluster implements AsyncDisposable {
  readonly kubectl: Kubectl;
  readonly nodes: readonly Node[];
  readonly #dataCentre: DataCentre;

  private constructor(dataCentre: DataCentre, kubectl: Kubectl, nodes: readonly Node[]) {
    this.#dataCentre = dataCentre;
    this.kubectl = kubectl;
    this.nodes = nodes;
  }

  /** Starts a cluster, and waits until its nodes, `n1` and so on, are ready. */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const { nodes = 1, containerd = 'debian', handlers = [] } = options;
    const dataCentre = await DataCentre.create();
    try {
      const { host } = dataCentre;
      const certificates = await Certificates.create(`${host.directory}/pki`, apiServer);
      const imageDirectory = `${host.directory}/images`;
      await mkdir(imageDirectory);
      const images = await writeImages(imageDirectory, options.images);
      const kubectl = new Kubectl(host, await startControlPlane(host, certificates));
      const made: Node[] = [];
      for (let index = 1; index <= nodes; index++) {
        const name = `n${index}`;
        made.push(await Node.create({ dataCentre, certificates, name, index, images, containerd, handlers }));
      }
      const cluster = new Cluster(dataCentre, kubectl, made);
      await cluster.ready();
      return cluster;
    } catch (error) {
      await dataCentre[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Waits until all nodes are ready. */
  async ready(): Promise<void> {
    for (const node of this.nodes) {
      await this.kubectl.wait('create', [`node/${node.name}`]).catch(async (error: unknown) => {
        throw new Error(`${String(error)}\n${await node.lastWords()}`);
      });
    }
    await this.kubectl.wait('condition=Ready', ['node', '--all']);
  }

  /** The data centre: the network of the nodes, as seen from outside of them. */
  get host(): Host {
    return this.#dataCentre.host;
  }

  /** A directory for a test's files, which is removed with the cluster. */
  get directory(): string {
    return this.host.directory;
  }

  /** The node of this name. */
  node(name: string): Node {
    const node = this.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The nodes' namespaces are within the data centre's.
    await this.#dataCentre[Symbol.asyncDispose]();
  }
}
