import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { hostLocal } from '../host-tap/network.ts';
import { prepareFaults } from './faults.ts';
import { makePod, podNetns, snapshot } from './pod.ts';

/** The ways of attaching that are tried, by name. */
const devices = {
  'host-tap': { device: 'host-tap', bridge: 'br0', ipam: hostLocal },
  'tcfilter for runtime-rs': { device: 'tcfilter', runtime: 'runtime-rs', master: 'eth0', queues: 2 },
  'tcfilter for generic': { device: 'tcfilter', runtime: 'generic', master: 'eth0' },
  macvtap: { device: 'macvtap', runtime: 'generic', master: 'eth0', group: 107 },
} as const satisfies Record<string, Readonly<Record<string, unknown>>>;

/** One way of attaching. */
export type DeviceName = keyof typeof devices;

/** All ways of attaching. */
export const deviceNames = Object.keys(devices) as readonly DeviceName[];

/** A host with one pod, and what both are like before anything is attached. */
export class Bench implements AsyncDisposable {
  readonly host: Host;
  readonly #config: Readonly<Record<string, unknown>>;
  #before: readonly string[];

  private constructor(host: Host, config: Readonly<Record<string, unknown>>, before: readonly string[]) {
    this.host = host;
    this.#config = config;
    this.#before = before;
  }

  /** Makes the host, and a pod as the device needs it: a tap on the host replaces all else that a pod has. */
  static async create(name: DeviceName): Promise<Bench> {
    const host = await Host.create();
    try {
      // With a port that stays, the bridge's carrier does not come and go with the pod's.
      await host.sh(`
        ip link add br0 type bridge
        ip link set br0 address 02:00:5e:10:00:02 up
        ip link add port type veth peer name cable
        ip link set port master br0 up
        ip link set cable up`);
      await (name === 'host-tap' ? host.podNetns('pod') : makePod(host));
      await prepareFaults(host);
      return new Bench(host, { cniVersion: '1.1.0', name: 'net', type: 'dan', ...devices[name] }, await snapshot(host));
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A call for the pod; `changes` overrides keys of the configuration. */
  readonly call = (command: Call['command'], changes: Readonly<Record<string, unknown>> = {}): Call => ({
    command,
    config: { ...this.#config, ...changes },
    netns: podNetns,
  });

  /** Calls the plugin for the pod. */
  run(command: Call['command'], changes: Partial<Call> = {}): Promise<Answer> {
    return callPlugin(this.host, { ...this.call(command), ...changes });
  }

  /** Takes things as they are now for how they have to be. */
  async remember(): Promise<void> {
    this.#before = await snapshot(this.host);
  }

  /** What is not as it was before anything was attached: empty when all is. */
  async differences(): Promise<readonly string[]> {
    const now = await snapshot(this.host);
    const lost = this.#before.filter((fact) => !now.includes(fact)).map((fact) => `lost: ${fact}`);
    const left = now.filter((fact) => !this.#before.includes(fact)).map((fact) => `left: ${fact}`);
    const same = lost.length + left.length > 0 || now.join('\n') === this.#before.join('\n');
    return [...lost, ...left, ...(same ? [] : ['the order has changed'])];
  }

  /** Attaches and detaches once more; what of it fails or is not as before. */
  async cycleFaults(): Promise<readonly string[]> {
    const answers = [await this.run('ADD'), await this.run('DEL')];
    const failed = answers.filter(({ exitCode }) => exitCode !== 0).map(({ stdout }) => `another cycle: ${stdout}`);
    return [...failed, ...(await this.differences()).map((one) => `after another cycle, ${one}`)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }
}
