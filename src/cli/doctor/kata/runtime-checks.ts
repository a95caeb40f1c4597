import type { ProfileName } from '../../../dan/profile.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';
import { withoutContainerd } from '../cni/containerd-checks.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import type { KataUse } from './facts.ts';

/** What is asked about Kata's handlers and shims. */
export const runtimeChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kata-handler',
    fine: 'containerd has a runtime handler of Kata’s',
    why: 'A RuntimeClass names a handler; without one of Kata’s, no pod gets a virtual machine that could read a DAN file.',
    unasked: withoutContainerd,
    look: ({ cni }) => (cni.handlers.some(({ handler }) => handler.isKata) ? [] : [noHandler(cni.containerd?.path)]),
  },
  {
    id: 'kata-shim',
    fine: 'the shims of Kata’s handlers are there',
    why: 'containerd starts the shim for each pod; it is the program that reads the DAN file.',
    unasked: withoutHandlers,
    look: ({ kata }) => kata.uses.flatMap(missingShim).filter(isFirst),
  },
  {
    id: 'kata-runtime-profile',
    fine: 'the networks’ "runtime" is that of the shim that reads the DAN file',
    why: 'The runtimes of Kata read different DAN files: one that was written for another is refused, or is taken for something else.',
    unasked: withoutHandlers,
    look: ({ kata }) =>
      kata.uses
        .flatMap((use) => [...tooOld(use), ...use.networks.flatMap((one) => otherReader(use, one))])
        .filter(isFirst),
  },
];

/** Why a question about Kata’s handlers is not asked; undefined: it is. */
export function withoutHandlers({ kata }: NodeFacts): string | undefined {
  return kata.uses.some(({ handler }) => handler !== undefined) ? undefined : 'containerd has no handler of Kata’s';
}

function isFirst(one: Observation, at: number, all: readonly Observation[]): boolean {
  return all.findIndex(({ seen }) => seen === one.seen) === at;
}

function noHandler(path = '/etc/containerd/config.toml'): Observation {
  return {
    severity: 'error',
    seen: `no handler in containerd’s configuration (${path}) has a runtime_type like "io.containerd.kata.v2"`,
    cure:
      'install Kata (kata-deploy configures containerd, too), or add a table of "containerd.runtimes" for it, with ' +
      'runtime_type = "io.containerd.kata.v2" and the ConfigPath of its configuration in "options"',
  };
}

function missingShim({ handler, shim }: KataUse): readonly Observation[] {
  if (handler === undefined || shim === undefined || shim.path !== undefined) return [];
  const isNamed = shim.name.startsWith('/');
  return [
    {
      severity: isNamed ? 'error' : 'warning',
      seen: isNamed
        ? `the shim ${shim.name} of the handler "${handler.name}" is missing, or may not be executed`
        : `the shim ${shim.name} of the handler "${handler.name}" is in none of the usual directories of programs`,
      cure: isNamed
        ? 'install Kata there, or correct runtime_path in containerd’s configuration'
        : 'containerd looks for it in its own PATH: link it into /usr/local/bin, or name it in runtime_path',
    },
  ];
}

// Kata 3.1 was released before DAN was written.
function tooOld({ handler, shim }: KataUse): readonly Observation[] {
  if (shim?.version === undefined || numberOf(shim.version) >= 3.02) return [];
  return [
    {
      severity: 'error',
      seen: `the shim of the handler "${handler?.name ?? ''}" (${shim.path ?? shim.name}) is Kata ${shim.version}, which knows no DAN`,
      cure: 'update Kata: to 4.0 or later for "runtime": "runtime-rs"',
    },
  ];
}

// 3.2 is 3.02, so that 3.10 is more.
function numberOf(version: string): number {
  const [major = '0', minor = '0'] = version.split('.');
  return Number.parseInt(major) + Number.parseInt(minor) / 100;
}

function otherReader({ handler, shim, runtime }: KataUse, { path, config }: DanPlugin): readonly Observation[] {
  if (config === undefined || runtime === undefined) return [];
  const { runtime: profile } = config;
  const who = `the shim of the handler "${handler?.name ?? ''}" is Kata’s ${runtime === 'go' ? 'Go' : 'Rust'} runtime`;
  const seen = (version: string): string => `${who}${version}, and ${path} says "runtime": "${profile}"`;
  if (runtime === 'go') {
    const cure =
      'have the handler start the Rust runtime: Kata’s own packages have it below /opt/kata/runtime-rs before 4.0. The Go ' +
      'runtime takes vfio devices alone from a DAN file, and refuses any that dan makes';
    return [{ severity: 'error', seen: seen(''), cure }];
  }
  if (profile === 'generic') {
    return [
      {
        severity: 'warning',
        seen: seen(''),
        cure: `"generic" is for other readers; say "runtime": "${nameFor(shim?.version)}"`,
      },
    ];
  }
  if (shim?.version === undefined || profile === nameFor(shim.version)) return [];
  const isOld = nameFor(shim.version) === 'runtime-rs-3';
  return [
    {
      severity: isOld ? 'error' : 'warning',
      seen: seen(` ${shim.version}`),
      cure:
        `say "runtime": "${nameFor(shim.version)}": ` +
        (isOld
          ? 'before 4.0 it takes the number of queue pairs in the file for one of virtqueues, and an odd one fails'
          : 'from 4.0 on the file can name the number of queue pairs, which network_queues decides now'),
    },
  ];
}

function nameFor(version = '4'): ProfileName {
  return Number.parseInt(version) < 4 ? 'runtime-rs-3' : 'runtime-rs';
}
