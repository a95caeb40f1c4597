import { fileURLToPath } from 'node:url';
import {
  Client,
  credentials,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Node } from './node.ts';

/** The kubelet's directory of the sockets of device plugins. */
const directory = '/var/lib/kubelet/device-plugins';
const endpoint = 'tests.sock';

const definitions = loadSync(fileURLToPath(new URL('device-plugin.proto', import.meta.url)), { defaults: true });
const { Register: register } = definitions['v1beta1.Registration'] as ServiceDefinition;

interface AllocateRequest {
  readonly containerRequests: readonly object[];
}

/** A device plugin, which announces devices of a resource to a node's kubelet until it is disposed of. */
export class DevicePlugin implements Disposable {
  readonly #server = new Server();

  /** Announces devices, by their ids. The kubelet gives them to the pods that ask for the resource. */
  static async announce(node: Node, resource: string, ids: readonly string[]): Promise<DevicePlugin> {
    const plugin = new DevicePlugin();
    plugin.#server.addService(definitions['v1beta1.DevicePlugin'] as ServiceDefinition, {
      GetDevicePluginOptions: (_call: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) => {
        answer(null, {});
      },
      // The stream stays open: its end would mean that the plugin has ended.
      ListAndWatch: (call: ServerWritableStream<object, object>) => {
        call.write({ devices: ids.map((ID) => ({ ID, health: 'Healthy' })) });
      },
      Allocate: (call: ServerUnaryCall<AllocateRequest, object>, answer: sendUnaryData<object>) => {
        answer(null, { containerResponses: call.request.containerRequests.map(() => ({})) });
      },
    });
    // Through the path of the node's file system, which the tests are outside of.
    const sockets = `/proc/${node.host.pid}/root${directory}`;
    await plugin.#listen(`unix:${sockets}/${endpoint}`);
    await introduce(`unix:${sockets}/kubelet.sock`, resource);
    return plugin;
  }

  [Symbol.dispose](): void {
    this.#server.forceShutdown();
  }

  async #listen(address: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }
}

/** Tells the kubelet where the plugin of a resource listens. */
async function introduce(kubelet: string, resourceName: string): Promise<void> {
  const client = new Client(kubelet, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = register!;
  const request = { version: 'v1beta1', endpoint, resourceName };
  try {
    await new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error) => {
        if (error === null) resolve();
        else reject(new Error(`the kubelet does not take the resource ${resourceName}: ${error.details}`));
      });
    });
  } finally {
    client.close();
  }
}
