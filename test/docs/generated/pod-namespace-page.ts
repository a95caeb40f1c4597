import { wrap } from '../../../src/cli/text/wrap.ts';
import type { Row, Verdict } from '../../../src/kinds/pod-namespace/row.ts';

/** Columns of a paragraph. */
const width = 120;

const verdicts: Readonly<Record<Verdict, string>> = {
  carried: 'is in the DAN file',
  refused: '**ADD fails**',
  warned: 'a warning in the log',
  foreseen: '`dan validate` and `dan doctor` warn of it',
  left: 'nothing',
};

const paragraphs = [
  'With `tcfilter` and `macvtap`, `dan` takes over an interface that another plugin made in the pod. The guest then has what ' +
    'the DAN file says, and Kata looks at nothing else in the namespace. So `dan` looks at all that may be there: what the ' +
    'file can express gets into it, and of the rest ADD says what the guest would not have.',
  'ADD fails where packets would be lost, or would get through that must not: with `pod-link-unusable`, and all that was found ' +
    'in one message. It warns where nothing but a setting is lost, in `logFile` or on stderr. CHECK fails for what came there ' +
    'since, and ADD would have refused. `dan validate` and `dan doctor` say the same of the plugins in a list that leave such ' +
    'things: sbr, tuning, vrf, istio-cni, linkerd-cni, before `dan` and behind it. This page is generated from the table that ' +
    'all of them go by.',
];

const unseen = [
  'The kernel tells `dan` nothing of some things that may be in a namespace, or only of all of them at great length. The guest ' +
    'has none of these, and nobody is told:',
  [
    '- parameters of the whole namespace, such as `net.ipv4.tcp_…` and `net.core.…`; those that a pod has in its ' +
      '`securityContext` Kata passes on',
    '- policies and states of IPsec, services of IPVS (`dan kata-ipvs` has these in the guest), multicast routing, MPLS',
    '- programs of BPF that hang on a socket, a cgroup, netkit or the link by tcx',
    '- nftables on a node where it is neither a module that is loaded nor in a kernel without modules; with the program for ' +
      'Node also where the program `nft` is not installed',
    '- `mtu lock` of a route with the program for Node: `ip -j` does not print it',
    '- groups that the guest joins behind a macvlan, or a physical interface that filters them: the interface in the pod ' +
      'did not join them; `allmulticast on` lets them in',
  ].join('\n'),
];

/** The page of all that may be in the pod's namespace, generated from the table of `kinds/`. */
export function podNamespacePage(rows: Readonly<Record<string, Row>>): string {
  const table = [
    ['What is there', 'What the guest gets', 'What dan does', 'Why'],
    ...Object.values(rows).map(({ what, guest, verdict, why, next }) => [
      what,
      guest,
      verdicts[verdict],
      next === undefined ? why : `${why}. Instead: ${next}`,
    ]),
  ];
  return [
    '# What is in the pod’s namespace, and what of it reaches the guest',
    ...paragraphs.map((text) => wrap(text, width)),
    inColumns(table),
    '## What dan does not see',
    ...unseen.map((text) =>
      text.startsWith('- ')
        ? text
            .split('\n')
            .map((line) => wrap(line, width - 2).replaceAll('\n', '\n  '))
            .join('\n')
        : wrap(text, width),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

// As the formatter has tables.
function inColumns(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0))) ?? [];
  const [head = '', ...rest] = lines.map(
    (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`,
  );
  return [head, `| ${widths.map((one) => '-'.repeat(one)).join(' | ')} |`, ...rest].join('\n');
}
