import { expect } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { OpenVSwitch, type SwitchOptions } from './open-vswitch.ts';

/** A host with an Open vSwitch, a bridge br0 on which the host has the address 10.88.0.1, and a pod's namespace. */
export class OvsNode implements AsyncDisposable {
  readonly host: Host;
  readonly ovs: OpenVSwitch;
  /** The pod's namespace in calls that name no other. */
  readonly netns: string;

  private constructor(host: Host, ovs: OpenVSwitch, netns: string) {
    this.host = host;
    this.ovs = ovs;
    this.netns = netns;
  }

  static async create(options: SwitchOptions = {}): Promise<OvsNode> {
    const host = await Host.create();
    try {
      const ovs = await OpenVSwitch.start(host, options);
      await ovs.addBridge('br0');
      await host.sh('ip address add 10.88.0.1/24 dev br0; ip link set br0 up');
      return new OvsNode(host, ovs, await host.podNetns('pod'));
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Calls the plugin, whatever the outcome. */
  call(command: Call['command'], config: object, more: Partial<Call> = {}): Promise<Answer> {
    return callPlugin(this.host, { command, config, netns: this.netns, ...more });
  }

  /** Calls the plugin, which must succeed. */
  async must(command: Call['command'], config: object, more: Partial<Call> = {}): Promise<Answer> {
    const answer = await this.call(command, config, more);
    expect(answer.exitCode, answer.stdout).toBe(0);
    return answer;
  }

  /** Calls the plugin, which must refuse with a code and certain words in its message. */
  async refused(
    command: Call['command'],
    config: object,
    code: number,
    words: readonly string[],
    more: Partial<Call> = {},
  ): Promise<void> {
    const answer = await this.call(command, config, more);
    expect(answer, answer.stdout).toMatchObject({ exitCode: 1, json: { code } });
    for (const word of words) expect(answer.json['msg']).toContain(word);
  }

  /** Everything that belongs to sandboxes, in the host and in the switch. */
  async traces(): Promise<readonly string[]> {
    return [...(await traces(this.host)), ...(await this.ovs.rows())];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ovs[Symbol.asyncDispose]();
    await this.host[Symbol.asyncDispose]();
  }
}

/** The name of an attachment's port, from the answer of ADD. */
export function portOf({ json }: Answer): string {
  return (json['interfaces'] as { name: string }[])[0]!.name;
}
