import { withoutContainerd } from './containerd-checks.ts';
import { type CniFacts, type HandlerNetworks, networksOf } from '../../../node/cni/facts.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';

/** What is asked about which pods get which configuration. */
export const choiceChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'cni-configuration',
    fine: 'containerd can read the network configurations it chooses',
    why: 'It takes the files of a directory in the order of their names; the first that it cannot read ends that, and no pod of that directory gets a network.',
    unasked: withoutContainerd,
    look: ({ cni }) => cni.handlers.flatMap(unreadable).filter(isFirst),
  },
  {
    id: 'cni-dan-chosen',
    fine: 'pods of Kata’s handlers get a network of dan',
    why: 'containerd takes the first configuration of a directory; another one in front of it is the pods’ network.',
    unasked: withoutKata,
    look: ({ cni }) => cni.handlers.filter(({ handler }) => handler.isKata).flatMap((one) => notChosen(cni, one)),
  },
  {
    id: 'cni-handler-not-kata',
    fine: 'pods of other handlers than Kata’s get no network of dan',
    why: 'CNI does not tell a plugin for which runtime it is called. The tap that dan makes waits for a virtual machine; the container has no network, and no error says so.',
    unasked: withoutContainerd,
    look: ({ cni }) => cni.handlers.filter(({ handler }) => !handler.isKata).flatMap((one) => reached(cni, one)),
  },
  {
    id: 'cni-max-conf-num',
    fine: 'pods that get a network of dan get one configuration',
    why: 'A handler that takes several configurations gives every pod a network of each. Kata reads the DAN file instead of the pod’s namespace: what other plugins put there never reaches the guest.',
    unasked: withoutContainerd,
    look: ({ cni }) => cni.handlers.flatMap((one) => several(cni, one)).filter(isFirst),
  },
];

function withoutKata({ cni }: NodeFacts): string | undefined {
  return cni.handlers.some(({ handler }) => handler.isKata) ? undefined : 'containerd has no handler of Kata’s';
}

// Handlers that share a directory make the same observation.
function isFirst(one: Observation, at: number, all: readonly Observation[]): boolean {
  return all.findIndex(({ seen }) => seen === one.seen) === at;
}

function unreadable({ directory, chosen, handler }: HandlerNetworks): readonly Observation[] {
  const faulty = chosen.find(({ fault }) => fault !== undefined);
  if (faulty?.fault !== undefined) {
    return [
      {
        severity: 'error',
        seen: `${faulty.path} ${faulty.fault}`,
        cure: 'correct the file, or move it out of the directory',
      },
    ];
  }
  if (directory.files.length > 0 || !handler.isKata) return [];
  return [
    {
      severity: 'error',
      seen: `${directory.path}, where containerd looks for the networks of the handler "${handler.name}", holds no network configuration`,
      cure: 'put one there, with a name that ends in .conflist',
    },
  ];
}

function notChosen(cni: CniFacts, one: HandlerNetworks): readonly Observation[] {
  const { handler, directory, chosen } = one;
  const [first] = chosen;
  if (networksOf(cni, one).length > 0 || first?.list === undefined) return [];
  const types = first.list.plugins.map(({ type }) => type);
  const here = cni.networks.find(({ path }) => directory.files.some((file) => file.path === path));
  if (types.includes('multus')) {
    return [
      {
        severity: 'note',
        seen: `pods of the handler "${handler.name}" get ${first.path}, which calls multus`,
        cure: 'what multus calls is in objects of Kubernetes, which dan does not read: check those with "dan validate"',
      },
    ];
  }
  const seen = `pods of the handler "${handler.name}" get ${first.path}, which calls ${types.join(', ')}, and not dan`;
  if (here === undefined) {
    return [
      {
        severity: 'note',
        seen,
        cure: `they get a DAN once a configuration that calls dan is the first of ${directory.path}`,
      },
    ];
  }
  return [
    { severity: 'warning', seen, cure: `give ${here.path} a name that sorts before it, or move ${first.path} away` },
  ];
}

function reached(cni: CniFacts, one: HandlerNetworks): readonly Observation[] {
  const [network] = networksOf(cni, one);
  if (network === undefined) return [];
  const { handler, directory } = one;
  const byDefault =
    cni.containerd?.settings.defaultHandler === handler.name ? ', which pods without a RuntimeClass have,' : '';
  return [
    {
      severity: 'error',
      seen: `pods of the handler "${handler.name}"${byDefault} get ${network.path}, which calls dan`,
      cure: `${ownDirectory(cni, network.path)}, and leave ${directory.path} to a network for containers`,
    },
  ];
}

function ownDirectory({ handlers, containerd }: CniFacts, path: string): string {
  const kata = handlers.find(({ handler }) => handler.isKata)?.handler;
  if (kata?.ownConfDir === true) return `move ${path} to ${kata.confDir}, the directory of the handler "${kata.name}"`;
  const table = kata === undefined ? 'the table of a handler of Kata’s' : `the table of the handler "${kata.name}"`;
  const file = containerd?.path ?? 'containerd’s configuration';
  return (
    `give Kata’s pods a directory of their own: say cni_conf_dir = "/etc/cni/kata.d" in ${table} in ${file}, move ${path} ` +
    'there, restart containerd'
  );
}

function several(cni: CniFacts, one: HandlerNetworks): readonly Observation[] {
  const networks = networksOf(cni, one);
  if (networks.length === 0 || one.chosen.length < 2) return [];
  return [
    {
      severity: 'warning',
      seen: `pods of ${one.directory.path} get all of ${one.chosen.map(({ path }) => path).join(', ')} (max_conf_num ${one.handler.maxConfNum})`,
      cure: 'say max_conf_num = 1, or leave in the directory what the pods shall get',
    },
  ];
}
