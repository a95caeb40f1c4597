import { type ChainFault, chainFaults } from '../../../node/chain.ts';
import { chainText } from '../../node-texts.ts';
import { checksUnless, error, note, type Observation, observe } from '../check.ts';
import type { NodeFacts } from '../facts/node.ts';

/** What is asked about each network configuration that calls dan, and about the plugins beside it in its list. */
export const networkChecks = checksUnless(withoutNetworks, [
  {
    id: 'cni-network',
    fine: 'dan accepts the network configurations that call it',
    why: 'dan attaches no pod with a configuration that it does not understand, or that the runtime cannot carry out.',
    *look({ cni }) {
      for (const { path, refusal } of cni.networks) {
        const cure = `correct the file; "dan validate ${path}" lists everything that is wrong with it`;
        if (refusal !== undefined) yield error(`${path}: ${refusal}`, cure);
      }
    },
  },
  {
    id: 'cni-version',
    fine: 'containerd can delete pods with the "cniVersion" of the networks',
    why: 'Before 2.0, containerd passes a configuration of CNI 1.1.0 to ADD but cannot read back the result: every DEL fails, and pods hang in Terminating.',
    *look({ cni: { containerd, directories, networks } }) {
      if (containerd === undefined || containerd.isBefore2 === false) return;
      const files = directories.flatMap((directory) => directory.files);
      for (const { path } of networks) {
        if (files.find((file) => file.path === path)?.list?.cniVersion !== '1.1.0') continue;
        const seen = `${path} has "cniVersion": "1.1.0"`;
        const cure =
          'set "cniVersion": "1.0.0" and "cniVersions": ["1.0.0", "1.1.0"]: newer runtimes use the newest they know';
        yield containerd.isBefore2 === true
          ? error(`${seen}, and containerd is ${containerd.version ?? 'older than 2.0'}`, cure)
          : note(`${seen}, and the version of containerd is not known`, `before 2.0, ${cure}`);
      }
    },
  },
  {
    id: 'cni-chain-order',
    fine: 'dan is in the right place of its list of plugins',
    why: 'A tap on the host replaces the pod’s own interface; tcfilter and macvtap take over one that a plugin before them made.',
    look: (facts) => chainObservations(facts, ({ of }) => of !== 'behind' && of !== 'lost'),
  },
  {
    id: 'cni-chain',
    fine: 'the plugins behind dan can work with what it makes, and what those beside it set reaches the guest',
    why: 'The guest’s interface is in the virtual machine. A plugin that looks for it in the pod’s namespace finds none, and of what a plugin sets there a DAN file carries a part.',
    look: (facts) => chainObservations(facts, ({ of }) => of === 'behind' || of === 'lost'),
  },
]);

function withoutNetworks({ cni }: NodeFacts): string | undefined {
  const looked = cni.directories.map(({ path }) => path).join(', ');
  return cni.networks.length === 0 ? `no network configuration in ${looked} calls dan` : undefined;
}

function* chainObservations({ cni }: NodeFacts, isAsked: (fault: ChainFault) => boolean): Iterable<Observation> {
  for (const { path, plugins, at } of cni.networks) {
    for (const { severity, seen, cure } of chainFaults(plugins, at).filter(isAsked).map(chainText))
      yield observe(severity, `${path}: ${seen}`, cure);
  }
}
