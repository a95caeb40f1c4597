import type { CniFacts } from '../../../node/cni/facts.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';

/** Why a question about dan's networks is not asked; undefined: it is. */
export function withoutNetworks({ cni }: NodeFacts): string | undefined {
  const looked = cni.directories.map(({ path }) => path).join(', ');
  return cni.networks.length === 0 ? `no network configuration in ${looked} calls dan` : undefined;
}

/** What is asked about each configuration that calls dan. */
export const networkChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'cni-network',
    fine: 'dan accepts the network configurations that call it',
    why: 'dan refuses to attach a pod with a configuration that it does not understand, or that its reader cannot carry.',
    unasked: withoutNetworks,
    look: ({ cni }) => cni.networks.flatMap(refused),
  },
  {
    id: 'cni-version',
    fine: 'the "cniVersion" of networks is one that containerd can delete with',
    why: 'containerd before 2.0 passes a configuration of CNI 1.1.0 to ADD, and cannot read the result again: every DEL fails, and pods hang in Terminating.',
    unasked: withoutNetworks,
    look: ({ cni }) => cni.networks.flatMap((network) => tooNew(cni, network)),
  },
];

function refused({ path, refusal }: DanPlugin): readonly Observation[] {
  if (refusal === undefined) return [];
  const [first = '', ...rest] = refusal;
  return [
    {
      severity: 'error',
      seen: `${path}: ${first}${rest.join('')}`,
      cure: `correct the file; "dan validate ${path}" tells all there is to say about it`,
    },
  ];
}

function tooNew({ containerd, directories }: CniFacts, { path }: DanPlugin): readonly Observation[] {
  const file = directories.flatMap(({ files }) => files).find((one) => one.path === path);
  if (containerd === undefined || containerd.isBefore2 === false || file?.list?.cniVersion !== '1.1.0') return [];
  const { version, isBefore2 } = containerd;
  const seen = `${path} says "cniVersion": "1.1.0"`;
  const cure =
    'say "cniVersion": "1.0.0" and "cniVersions": ["1.0.0", "1.1.0"]: newer runtimes take the newest they know';
  if (isBefore2 === undefined) {
    return [
      { severity: 'note', seen: `${seen}, and the version of containerd is not known`, cure: `before 2.0, ${cure}` },
    ];
  }
  return [{ severity: 'error', seen: `${seen}, and containerd is ${version ?? 'older than 2.0'}`, cure }];
}
