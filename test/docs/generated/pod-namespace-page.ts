import { wrap } from '../../../src/cli/text/wrap.ts';
import type { Row, Verdict } from '../../../src/kinds/pod-namespace/row.ts';

/** Columns of a paragraph. */
const width = 120;

const verdicts: Readonly<Record<Verdict, string>> = {
  carried: 'is in the DAN file',
  refused: '**ADD fails**',
  warned: 'a warning in the log',
  foreseen: '`dan validate` and `dan doctor` warn about it',
  left: 'nothing',
};

const paragraphs = [
  'This page is for people who run `dan` with `tcfilter` or `macvtap` behind another plugin. It says for everything that may ' +
    'be in the pod’s namespace what the guest gets of it, and what `dan` does. To check a list of plugins before a pod ' +
    'starts, run `dan validate FILE`.',
  '`dan` takes over an interface that another plugin created in the pod. The guest has what the DAN file says, and Kata ' +
    'looks at nothing else in the namespace. So `dan` looks at everything in it. It writes to the file what the file can ' +
    'express, and handles the rest as follows:',
  [
    '- **ADD fails** if packets would be lost, or would pass that must not. The error is `pod-link-unusable`, and its message ' +
      'names everything that was found.',
    '- **ADD logs a warning**, in `logFile` or on stderr, if only a setting is lost.',
    '- **CHECK fails** if something was added since that ADD would have refused.',
    '- **`dan validate` and `dan doctor`** report the plugins in a list that leave such things, before `dan` and behind it: ' +
      'sbr, tuning, vrf, istio-cni, linkerd-cni.',
  ].join('\n'),
  'This page is generated from the table that all of these use.',
];

const unseen = [
  'Some things in a namespace are not visible to `dan`, because the kernel does not show them, or shows them only with very ' +
    'much data. The guest has none of these, and there is no warning:',
  [
    '- parameters of the whole namespace, such as `net.ipv4.tcp_…` and `net.core.…`; Kata passes on those in a pod’s ' +
      '`securityContext`',
    '- policies and states of IPsec, services of IPVS (`dan kata-ipvs` sets these in the guest), multicast routing, MPLS',
    '- BPF programs that are attached to a socket, a cgroup, netkit or the link by tcx',
    '- nftables on a node where it is neither a loaded module nor in a kernel without modules; with the program for Node also ' +
      'if the program `nft` is not installed',
    '- `mtu lock` of a route with the program for Node: `ip -j` does not print it',
    '- groups that the guest joins behind a macvlan, or behind a physical interface that filters them: the interface in the ' +
      'pod did not join them; `allmulticast on` lets them in',
  ].join('\n'),
];

/** The page about everything that may be in the pod's namespace, generated from the table in `kinds/`. */
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
    ...paragraphs.map(inLines),
    inColumns(table),
    '## What dan does not see',
    ...unseen.map(inLines),
  ]
    .join('\n\n')
    .concat('\n');
}

/** A paragraph, or a list whose items are lines. */
function inLines(text: string): string {
  if (!text.startsWith('- ')) return wrap(text, width);
  return text
    .split('\n')
    .map((line) => wrap(line, width - 2).replaceAll('\n', '\n  '))
    .join('\n');
}

// Aligned as by the formatter.
function inColumns(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0))) ?? [];
  const [head = '', ...rest] = lines.map(
    (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`,
  );
  return [head, `| ${widths.map((one) => '-'.repeat(one)).join(' | ')} |`, ...rest].join('\n');
}
