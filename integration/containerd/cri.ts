import { fileURLToPath } from 'node:url';
import { Client, credentials, type MethodDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** What the container runtime says about one side of itself, such as `NetworkReady`. */
export interface Condition {
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

/** A sandbox to be run. Two with the same name cannot run at the same time. */
export interface Sandbox {
  readonly name: string;
  /** The runtime's handler; without it, the default one. */
  readonly handler?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly dns?: { readonly servers?: readonly string[]; readonly searches?: readonly string[] };
}

/** What the runtime knows about a sandbox; `info` is its own JSON, with the CNI result. */
export interface SandboxStatus {
  readonly ip: string;
  readonly additionalIps: readonly string[];
  readonly ready: boolean;
  readonly info: Readonly<Record<string, unknown>>;
}

interface ById {
  readonly podSandboxId: string;
}

/** Requests and responses as proto-loader has them, with camelCase names. */
interface Methods {
  'RuntimeService/RunPodSandbox': { request: { config: object; runtimeHandler: string }; response: ById };
  'RuntimeService/StopPodSandbox': { request: ById; response: object };
  'RuntimeService/RemovePodSandbox': { request: ById; response: object };
  'RuntimeService/PodSandboxStatus': {
    request: ById & { verbose: boolean };
    response: {
      readonly status: {
        readonly state: number;
        readonly network: { readonly ip: string; readonly additionalIps: readonly { readonly ip: string }[] };
      };
      readonly info: Readonly<Record<string, string>>;
    };
  };
  'RuntimeService/Status': { request: object; response: { readonly status: { readonly conditions: Condition[] } } };
  'ImageService/ImageStatus': { request: { image: { image: string } }; response: { readonly image: object | null } };
}

const definitions = loadSync(fileURLToPath(new URL('cri.proto', import.meta.url)), { defaults: true });
const deadlineSeconds = 100;

/** A client of the Container Runtime Interface, the way the kubelet is one. */
export class Cri implements Disposable {
  readonly #client: Client;
  readonly #cgroupParent: string;

  /** Connects to a socket, now or as soon as somebody listens there. All sandboxes get a cgroup below `cgroupParent`. */
  constructor(socket: string, cgroupParent: string) {
    this.#cgroupParent = cgroupParent;
    this.#client = new Client(`unix:${socket}`, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': 20,
      'grpc.max_reconnect_backoff_ms': 100,
    });
  }

  /** The runtime's conditions, by type. */
  async status(): Promise<ReadonlyMap<string, Condition>> {
    const { status } = await this.#call('RuntimeService/Status', {});
    return new Map(status.conditions.map((condition) => [condition.type, condition]));
  }

  /** Whether the runtime has an image. */
  async hasImage(reference: string): Promise<boolean> {
    const { image } = await this.#call('ImageService/ImageStatus', { image: { image: reference } });
    return image !== null;
  }

  /** Makes and starts a sandbox, and returns its id. */
  async runPodSandbox({ name, handler = '', annotations = {}, dns = {} }: Sandbox): Promise<string> {
    const config = {
      metadata: { name, uid: `uid-of-${name}`, namespace: 'default' },
      hostname: name,
      dnsConfig: dns,
      annotations,
      linux: { cgroupParent: this.#cgroupParent },
    };
    return (await this.#call('RuntimeService/RunPodSandbox', { config, runtimeHandler: handler })).podSandboxId;
  }

  /** What the runtime knows about a sandbox. */
  async podSandboxStatus(id: string): Promise<SandboxStatus> {
    const { status, info } = await this.#call('RuntimeService/PodSandboxStatus', { podSandboxId: id, verbose: true });
    return {
      ip: status.network.ip,
      additionalIps: status.network.additionalIps.map(({ ip }) => ip),
      ready: status.state === 0,
      info: JSON.parse(info['info'] ?? '{}') as Record<string, unknown>,
    };
  }

  /** Stops a sandbox: its guest or process first, then its network. May be called again. */
  async stopPodSandbox(id: string): Promise<void> {
    await this.#call('RuntimeService/StopPodSandbox', { podSandboxId: id });
  }

  /** Forgets a sandbox that has stopped. */
  async removePodSandbox(id: string): Promise<void> {
    await this.#call('RuntimeService/RemovePodSandbox', { podSandboxId: id });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #call<M extends keyof Methods>(method: M, request: Methods[M]['request']): Promise<Methods[M]['response']> {
    const { path, requestSerialize, responseDeserialize } = definition(method);
    const deadline = Date.now() + deadlineSeconds * 1000;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        { deadline },
        (error, value) => {
          if (error !== null) reject(new Error(`${method}: ${error.details}`));
          else resolve(value as Methods[M]['response']);
        },
      );
    });
  }
}

function definition(method: keyof Methods): MethodDefinition<object, object> {
  const [service = '', name = ''] = method.split('/');
  return (definitions[`runtime.v1.${service}`] as ServiceDefinition)[name] as MethodDefinition<object, object>;
}
