import type { ConfList } from '../../../config/conf-list.ts';
import { unheededCapabilities, unheededText } from '../../../config/injected.ts';
import { type ChainFault, chainFaults } from '../../../node/chain.ts';
import type { CniFacts } from '../../../node/cni/facts.ts';
import { askedTypes, checkFaults, versionFaults } from '../../../node/list.ts';
import { networkFaults } from '../../../node/network-faults.ts';
import { type ChainText, chainText, listFaultText, networkText } from '../../node-texts.ts';
import { checksUnless, error, note, type Observation, observe } from '../check.ts';
import type { NodeFacts } from '../facts/node.ts';
import { withoutContainerd } from './containerd.ts';

/** Checks of each network configuration that calls dan, and of the other plugins in its list. */
export const networkChecks = checksUnless(withoutNetworks, [
  {
    id: 'cni-network',
    *look({ cni }) {
      for (const { path, refusal, document } of cni.networks) {
        const cure = `correct the file; "dan validate ${path}" lists everything that is wrong with it`;
        if (refusal !== undefined) yield error(`${path}: ${refusal}`, cure);
        for (const one of unheededCapabilities(document)) {
          yield note(`${path}: ${unheededText(one)}`, 'leave the capability out of the plugin object of dan');
        }
      }
    },
  },
  {
    id: 'cni-version',
    *look({ cni }) {
      const { containerd } = cni;
      if (containerd === undefined || containerd.isBefore2 === false) return;
      for (const { path, list } of listsOf(cni)) {
        if (list.cniVersion !== '1.1.0') continue;
        const seen = `${path} has "cniVersion": "1.1.0"`;
        const cure =
          'set "cniVersion": "1.0.0"; "cniVersions": ["1.0.0", "1.1.0"] beside it is for newer runtimes, if all plugins of ' +
          'the list know 1.1.0';
        yield containerd.isBefore2 === true
          ? error(`${seen}, and containerd is ${containerd.version ?? 'older than 2.0'}`, cure)
          : note(`${seen}, and the version of containerd is not known`, `before 2.0, ${cure}`);
      }
    },
  },
  {
    id: 'cni-plugin-versions',
    *look({ cni, pluginVersions }) {
      for (const { path, list } of listsOf(cni)) {
        const types = askedTypes(list.plugins);
        const asked = pluginVersions.filter(({ type }) => types.includes(type));
        yield* observations(path, versionFaults(list, asked).map(listFaultText));
      }
    },
  },
  {
    id: 'cni-check',
    *look({ cni }) {
      for (const { path, plugins, at } of cni.networks) {
        const said = listsOf(cni).find((one) => one.path === path)?.list;
        yield* observations(path, checkFaults({ ...said, plugins }, at).map(listFaultText));
      }
    },
  },
  {
    id: 'cni-chain-order',
    look: (facts) => chainObservations(facts, ({ of }) => of !== 'behind' && of !== 'lost'),
  },
  {
    id: 'cni-chain',
    look: (facts) => chainObservations(facts, ({ of }) => of === 'behind' || of === 'lost'),
  },
  {
    id: 'cni-addresses',
    unasked: withoutContainerd,
    *look({ cni }) {
      const own = cni.networks.filter(({ path }) =>
        cni.handlers.some(({ chosen }) => chosen.some((one) => one.path === path)),
      );
      for (const { path, plugins, at } of own) yield* observations(path, networkFaults(plugins, at).map(networkText));
    },
  },
]);

function withoutNetworks({ cni }: NodeFacts): string | undefined {
  const looked = cni.directories.map(({ path }) => path).join(', ');
  return cni.networks.length === 0 ? `no network configuration in ${looked} calls dan` : undefined;
}

/** The lists that call dan, each once. */
function listsOf({ directories, networks }: CniFacts): readonly { readonly path: string; readonly list: ConfList }[] {
  return directories
    .flatMap(({ files }) => files)
    .flatMap(({ path, list }) =>
      list !== undefined && networks.some((network) => network.path === path) ? [{ path, list }] : [],
    );
}

function* chainObservations({ cni }: NodeFacts, isAsked: (fault: ChainFault) => boolean): Iterable<Observation> {
  for (const { path, plugins, at } of cni.networks) {
    yield* observations(path, chainFaults(plugins, at).filter(isAsked).map(chainText));
  }
}

function observations(path: string, texts: readonly ChainText[]): readonly Observation[] {
  return texts.map(({ severity, seen, cure }) => observe(severity, `${path}: ${seen}`, cure));
}
