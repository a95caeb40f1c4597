import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin, type Program } from '../harness/plugin.ts';
import { OpenVSwitch } from '../ovs/open-vswitch.ts';
import { makePod, podNetns } from '../pod-namespace/pod.ts';
import { type DeviceName, devices, isOnOpenVSwitch, podDeviceNames } from './devices.ts';
import { prepareFaults } from './faults.ts';
import { snapshot } from './snapshot.ts';

// With a port that stays, the bridge's carrier does not come and go with the pod's.
const linuxBridge = `
  ip link add br0 type bridge
  ip link set br0 address 02:00:5e:10:00:02 up
  ip link add port type veth peer name cable
  ip link set port master br0 up
  ip link set cable up`;

/** A host with one pod, and what both are like before anything is attached. */
export class Bench implements AsyncDisposable {
  readonly host: Host;
  readonly ovs: OpenVSwitch | undefined;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #program: { readonly program?: Program };
  #before: readonly string[] = [];

  private constructor(
    host: Host,
    ovs: OpenVSwitch | undefined,
    config: Readonly<Record<string, unknown>>,
    program: Program | undefined,
  ) {
    this.host = host;
    this.ovs = ovs;
    this.#config = config;
    this.#program = program === undefined ? {} : { program };
  }

  /**
   * Makes the host, and a pod as the device needs it: a connection of the host's replaces all else that a pod has. All calls
   * are of the program, if one is named.
   */
  static async create(name: DeviceName, program?: Program): Promise<Bench> {
    const host = await Host.create();
    try {
      const ovs = isOnOpenVSwitch(name) ? await startSwitch(host) : undefined;
      if (ovs === undefined) await host.sh(linuxBridge);
      await (podDeviceNames.includes(name) ? makePod(host) : host.podNetns('pod'));
      await prepareFaults(host);
      const bench = new Bench(host, ovs, { cniVersion: '1.1.0', name: 'net', type: 'dan', ...devices[name] }, program);
      await bench.remember();
      return bench;
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
    ...this.#program,
  });

  /** The call of another network, without addresses, whose entry is in the sandbox's file beside the pod's. */
  readonly callOfResident = (changes: Readonly<Record<string, unknown>> = {}): Call => ({
    ...this.call('ADD', { ...changes, name: 'resident', ipam: undefined }),
    ifname: 'net9',
  });

  /** Calls the plugin for the pod. */
  run(command: Call['command'], changes: Partial<Call> = {}): Promise<Answer> {
    return callPlugin(this.host, { ...this.call(command), ...changes });
  }

  /** Takes things as they are now for how they have to be. */
  async remember(): Promise<void> {
    this.#before = await this.#look();
  }

  /** What is not as it was before anything was attached: empty when all is. */
  async differences(): Promise<readonly string[]> {
    const now = await this.#look();
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

  async #look(): Promise<readonly string[]> {
    const rows = this.ovs === undefined ? [] : await rowsOf(this.ovs);
    return [...(await snapshot(this.host)), ...rows];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ovs?.[Symbol.asyncDispose]();
    await this.host[Symbol.asyncDispose]();
  }
}

async function startSwitch(host: Host): Promise<OpenVSwitch> {
  const ovs = await OpenVSwitch.start(host, { userspaceTso: true });
  await ovs.addBridge('br0');
  await host.sh('ip link set br0 up');
  return ovs;
}

async function rowsOf(ovs: OpenVSwitch): Promise<readonly string[]> {
  const tables = ['--columns=name,ports list Bridge', '--columns=name,external_ids list Port'];
  const columns = '--columns=name,type,options,external_ids list Interface';
  const words = [...tables, columns].flatMap((table) => ['--', ...table.split(' ')]);
  return (await ovs.vsctl('--format=csv', ...words)).split('\n');
}
