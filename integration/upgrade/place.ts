import { Host } from '../harness/host.ts';
import { callPlugin, executable } from '../harness/plugin.ts';
import { OvsNode } from '../ovs/node.ts';
import { SriovGuest } from '../vfio/sriov-guest.ts';

/** The parts of an answer that these tests need. */
interface Answered {
  readonly exitCode: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** A node of any kind: a host in namespaces, or a guest with a card. */
export interface Place {
  /** Path of the pod's namespace. */
  readonly netns: string;
  /** Runs a script; returns its output, and throws if it fails. */
  sh(script: string): Promise<string>;
  /** Calls the plugin for the sandbox `sandbox-1`. */
  call(command: 'ADD' | 'CHECK' | 'DEL' | 'GC', config: object): Promise<Answered>;
  /** Runs a command of this version's executable, which must succeed. */
  dan(words: readonly string[], input?: string): Promise<string>;
}

/** The kinds of node: only Linux, with Open vSwitch in user space, with a card that has virtual functions. */
export type PlaceName = 'linux' | 'ovs' | 'card';

/** Makes a node without attachments. */
export async function makePlace(name: PlaceName): Promise<Place & AsyncDisposable> {
  switch (name) {
    case 'linux': {
      const host = await Host.create();
      return placeOf(host, await host.podNetns('pod'), host);
    }
    case 'ovs': {
      const node = await OvsNode.create({ dpdk: 'no-huge' });
      return placeOf(node.host, node.netns, node);
    }
    case 'card': {
      const node = await SriovGuest.boot();
      return { ...placeWithCard(node), [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
    }
    default:
      return name satisfies never;
  }
}

/** A guest with a card, as such a node. */
export function placeWithCard(node: SriovGuest): Place {
  return {
    netns: '/run/netns/pod1',
    sh: (script) => node.guest.text(script, 60),
    call: (command, config) => node.call({ command, config }),
    dan: (words, input) =>
      node.guest.text(`/usr/bin/dan ${words.join(' ')}${input === undefined ? '' : ` <<'END'\n${input}\nEND`}`, 60),
  };
}

function placeOf(host: Host, netns: string, owner: AsyncDisposable): Place & AsyncDisposable {
  return {
    netns,
    sh: (script) => host.sh(script),
    call: (command, config) => callPlugin(host, { command, config, netns, program: [executable] }),
    dan: async (words, input) => {
      const { exitCode, stdout, stderr } = await host.run(executable, words, input === undefined ? {} : { input });
      if (exitCode !== 0) throw new Error(`dan ${words.join(' ')}: ${stderr}`);
      return stdout;
    },
    [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose](),
  };
}
