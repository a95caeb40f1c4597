import { fileURLToPath } from 'node:url';
import type { ResultPromise } from 'execa';
import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, callPlugin } from '../harness/plugin.ts';
import { type ConfList, installPlugins } from './node.ts';
import { program } from './programs.ts';

/** The directory of the API server's objects. */
const objects = '/run/api';

/** The pod that all calls are for. */
const pod = { namespace: 'default', name: 'web-0', uid: 'uid-1', sandbox: 'sandbox-1' } as const;

/** The part of the pod's status annotation about one attachment. */
export interface NetworkStatus {
  readonly name: string;
  readonly interface?: string;
  readonly ips?: readonly string[];
  readonly mac?: string;
}

/** A node with Multus as a plugin, without its daemon, and the newest reference plugins beside it. */
export class Multus implements AsyncDisposable {
  readonly #host: Host;
  readonly #config: object;
  readonly #server: ResultPromise;

  private constructor(host: Host, config: object, server: ResultPromise) {
    this.#host = host;
    this.#config = config;
    this.#server = server;
  }

  /**
   * Starts the stand-in of the API server, with a pod that requests `annotation`, and with `networks`. Every pod also
   * gets `cluster`, which the configuration of Multus has by name or by path.
   */
  static async start(
    host: Host,
    given: {
      readonly cluster: ConfList;
      readonly clusterBy?: 'name' | 'path';
      readonly networks: readonly ConfList[];
      readonly annotation: string;
    },
  ): Promise<Multus> {
    const { cluster, clusterBy = 'name', networks, annotation } = given;
    await writeObject(host, 'pods', pod.name, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: pod.name,
        namespace: pod.namespace,
        uid: pod.uid,
        annotations: { 'k8s.v1.cni.cncf.io/networks': annotation },
      },
      spec: { containers: [] },
    });
    for (const network of networks) {
      await writeObject(host, 'network-attachment-definitions', network.name, {
        apiVersion: 'k8s.cni.cncf.io/v1',
        kind: 'NetworkAttachmentDefinition',
        metadata: { name: network.name, namespace: pod.namespace },
        spec: { config: JSON.stringify(network) },
      });
    }
    const program = fileURLToPath(new URL('api-server.ts', import.meta.url));
    const server = host.spawn(process.execPath, [program, objects], { reject: false, stdin: 'pipe' });
    let output = '';
    server.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const port = await eventually('the API server', () =>
      Promise.resolve(output.endsWith('\n') ? output.trim() : undefined),
    );
    const kubeconfig = '/run/multus/kubeconfig';
    await writeInside(
      host,
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'cluster', cluster: { server: `http://127.0.0.1:${port}` } }],
        users: [{ name: 'multus', user: {} }],
        contexts: [{ name: 'node', context: { cluster: 'cluster', user: 'multus' } }],
        'current-context': 'node',
      }),
    );
    const confDir = '/run/multus/net.d';
    const path = `${confDir}/10-${cluster.name}.conflist`;
    await writeInside(host, path, JSON.stringify(cluster));
    const config = {
      cniVersion: '1.0.0',
      name: 'multus',
      type: 'multus',
      kubeconfig,
      clusterNetwork: clusterBy === 'name' ? cluster.name : path,
      confDir,
      binDir: await installPlugins(host, 'newest'),
      logToStderr: true,
      logLevel: 'error',
      capabilities: { mac: true, ips: true },
    };
    return new Multus(host, config, server);
  }

  /** Calls Multus as a runtime does for this pod. */
  call(command: 'ADD' | 'CHECK' | 'DEL', netns: string): Promise<Answer> {
    const args = {
      IgnoreUnknown: '1',
      K8S_POD_NAMESPACE: pod.namespace,
      K8S_POD_NAME: pod.name,
      K8S_POD_INFRA_CONTAINER_ID: pod.sandbox,
      K8S_POD_UID: pod.uid,
    };
    return callPlugin(this.#host, {
      command,
      config: this.#config,
      sandbox: pod.sandbox,
      netns,
      program: [program('multus', 'multus')],
      variables: {
        CNI_ARGS: Object.entries(args)
          .map((pair) => pair.join('='))
          .join(';'),
      },
    });
  }

  /** The status that Multus wrote into the pod, for each of its networks. */
  async networkStatus(): Promise<readonly NetworkStatus[]> {
    const body = Buffer.from(
      await this.#host.sh(`base64 -w0 ${objects}/${pod.namespace}/pods/${pod.name}.put`),
      'base64',
    );
    return JSON.parse(annotationIn(body, 'k8s.v1.cni.cncf.io/network-status')) as readonly NetworkStatus[];
  }

  /** Ends the API server. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.stdin.end();
    await this.#server;
  }
}

function writeObject(host: Host, resource: string, name: string, object: object): Promise<void> {
  return writeInside(host, `${objects}/${pod.namespace}/${resource}/${name}.json`, JSON.stringify(object));
}

/** The value of an annotation in an object in Kubernetes' binary form: key and value are two strings of a message. */
function annotationIn(object: Buffer, key: string): string {
  const at = object.indexOf(key);
  if (at < 0) throw new Error(`Multus wrote no annotation ${key}`);
  // The tag of the value, and its length: seven bits a byte, the lowest first.
  let next = at + key.length + 1;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = object.readUInt8(next++);
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return object.subarray(next, next + length).toString('utf8');
  }
}
