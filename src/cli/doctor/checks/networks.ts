import { type ChainFault, chainFaults } from '../../../node/chain.ts';
import { chainText } from '../../node-texts.ts';
import { checksUnless, error, note, type Observation, observe } from '../check.ts';
import type { NodeFacts } from '../facts/node.ts';

/** What is asked about each network configuration that calls dan, and about the plugins beside it in its list. */
export const networkChecks = checksUnless(withoutNetworks, [
  {
    id: 'cni-network',
    *look({ cni }) {
      for (const { path, refusal } of cni.networks) {
        const cure = `correct the file; "dan validate ${path}" lists everything that is wrong with it`;
        if (refusal !== undefined) yield error(`${path}: ${refusal}`, cure);
      }
    },
  },
  {
    id: 'cni-version',
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
    look: (facts) => chainObservations(facts, ({ of }) => of !== 'behind'),
  },
  {
    id: 'cni-chain',
    look: (facts) => chainObservations(facts, ({ of }) => of === 'behind'),
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
