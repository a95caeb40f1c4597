import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, type Call, callPlugin, type Program } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';

/** The directory of a test's IPAM plugins. */
const directory = '/run/plugins';

/** A valid answer. */
export const sound = `{"cniVersion":"1.1.0","ips":[{"address":"10.88.0.9/24"}]}`;

/** A host with a bridge and a pod, on which IPAM plugins are scripts. */
export class IpamBench implements AsyncDisposable {
  readonly host: Host;
  readonly #netns: string;
  #before: readonly string[] = [];

  private constructor(host: Host, netns: string) {
    this.host = host;
    this.#netns = netns;
  }

  static async create(): Promise<IpamBench> {
    const host = await Host.create();
    await makeBridge(host);
    const bench = new IpamBench(host, await host.podNetns('pod'));
    bench.#before = await traces(host);
    return bench;
  }

  /** Makes a plugin that reads its input and runs a script at ADD; at other commands it succeeds. */
  async become(script: string, name = 'ipam'): Promise<void> {
    const text = `#!/bin/bash\nconfig=$(cat)\n[ "$CNI_COMMAND" = ADD ] || exit 0\n${script}\n`;
    await writeInside(this.host, `${directory}/${name}`, text);
    await this.host.sh(`chmod 755 ${directory}/${name}`);
  }

  /** Calls dan with the plugin, or with other keys. */
  call(
    command: Call['command'],
    changes: object = {},
    program?: Program,
    CNI_ARGS = '',
    CNI_PATH = directory,
  ): Promise<Answer> {
    const config = networkConfig({ addresses: undefined, routes: [], ipam: { type: 'ipam' }, ...changes });
    const variables = { CNI_PATH, CNI_ARGS };
    return callPlugin(this.host, { command, config, netns: this.#netns, variables, ...(program ? { program } : {}) });
  }

  /** The traces that have appeared or disappeared since the start. */
  async left(): Promise<readonly string[]> {
    const now = await traces(this.host);
    return [...now.filter((one) => !this.#before.includes(one)), ...this.#before.filter((one) => !now.includes(one))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }
}
