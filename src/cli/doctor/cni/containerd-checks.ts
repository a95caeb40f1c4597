import { type Containerd, containerdPaths } from '../../../node/containerd.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';

/** Why a question about containerd is not asked; undefined: it is. */
export function withoutContainerd({ cni }: NodeFacts): string | undefined {
  return cni.containerd === undefined ? 'there is no containerd here' : undefined;
}

/** What is asked about containerd itself. */
export const containerdChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'cni-containerd',
    fine: 'containerd is there, and its configuration can be read',
    why: 'It says which network configuration the pods of each runtime handler get, and where plugins are.',
    look: ({ cni }) => (cni.containerd === undefined ? [noContainerd(cni.networks.length)] : faultsOf(cni.containerd)),
  },
  {
    id: 'cni-default-handler',
    fine: 'the handler of pods without a RuntimeClass is configured',
    why: 'containerd before 2.0 starts no pod at all without it: its CRI plugin refuses its configuration.',
    unasked: withoutContainerd,
    look: ({ cni: { containerd } }) => (containerd === undefined ? [] : defaultHandler(containerd)),
  },
];

function noContainerd(networks: number): Observation {
  return {
    severity: 'note',
    seen: `there is no containerd: no program of that name, and none of ${containerdPaths.join(', ')}`,
    cure:
      'with another runtime, such as CRI-O, dan cannot tell which configuration it chooses, for whom, or where it looks ' +
      `for plugins; what follows is about the usual directories alone (networks of dan there: ${networks})`,
  };
}

function faultsOf({ path, files, others, faults, criDisabled, isBefore2 }: Containerd): readonly Observation[] {
  const observations: Observation[] = faults.map((fault) => ({
    severity: 'error',
    seen: fault,
    cure: 'correct the file, or its name in "imports": containerd does not start with it',
  }));
  if (criDisabled) {
    observations.push({
      severity: 'error',
      seen: `${path ?? ''} switches containerd’s CRI plugin off ("disabled_plugins")`,
      cure: 'take it out of that list and restart containerd: without it, a kubelet has no runtime here',
    });
  }
  if (isBefore2 === true && files.length > 1) {
    observations.push({
      severity: 'note',
      seen: `${path ?? ''} imports ${files.slice(1).join(', ')}`,
      cure:
        'containerd before 2.0 takes a plugin’s section whole from the last file that has it: what other files say in it, ' +
        'such as a handler or a conf_dir, is lost',
    });
  }
  if (others.length > 0) {
    observations.push({
      severity: 'note',
      seen: `${path ?? ''} is looked at, and not ${others.join(', ')}`,
      cure: 'where a distribution of Kubernetes brings a containerd, that one starts the pods',
    });
  }
  return observations;
}

function defaultHandler({ path, settings, isBefore2 }: Containerd): readonly Observation[] {
  const { defaultHandler: name, handlers } = settings;
  if (handlers.some((handler) => handler.name === name)) return [];
  return [
    {
      severity: isBefore2 === undefined ? 'warning' : 'error',
      seen: `${path ?? 'containerd’s configuration'} has no table of the handler "${name}", which pods without a RuntimeClass get`,
      cure: `add [plugins.….containerd.runtimes.${name}] with its runtime_type, or name another handler in default_runtime_name`,
    },
  ];
}
