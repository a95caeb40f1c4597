import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { ownDropIn } from '../../../node/kata-config.ts';
import { type UsedConfig, usedConfigs, withoutConfig } from './each-config.ts';
import type { KataUse } from './facts.ts';

/** What is asked about which configuration is in force, and whether its runtime finds DAN files. */
export const configChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kata-config',
    fine: 'a configuration of Kata is in force, and can be read',
    why: 'It says where the runtime looks for DAN files, and which hypervisor starts.',
    look: (facts) => [...facts.kata.uses.flatMap(notFound), ...usedConfigs(facts).flatMap(unreadable)],
  },
  {
    id: 'kata-dan-conf',
    fine: 'Kata looks for DAN files where dan writes them',
    why: 'A runtime that finds no DAN file starts the pod all the same, with what the pod’s namespace has: no network.',
    unasked: withoutConfig,
    look: (facts) => usedConfigs(facts).flatMap((used) => [...missingDanConf(used), ...otherDanConf(used)]),
  },
  {
    id: 'kata-new-netns',
    fine: 'Kata makes, or enters, the pod’s network namespace',
    why: 'With disable_new_netns the Go runtime reads no DAN file, and starts no pod unless internetworking_model is "none".',
    unasked: withoutConfig,
    look: (facts) => usedConfigs(facts).flatMap(newNetns),
  },
];

function notFound({ config, handler }: KataUse): readonly Observation[] {
  if (config.file !== undefined) return [];
  const whose = handler === undefined ? '' : ` for the handler "${handler.name}"`;
  const isNamed = config.lookedAt.length === 1;
  return [
    {
      severity: 'error',
      seen: `there is no configuration of Kata${whose} at ${config.lookedAt.join(', ')}`,
      cure: isNamed
        ? 'correct the path: ConfigPath in the handler’s options of containerd’s configuration, or --kata-config'
        : 'install Kata; or name its configuration in ConfigPath of the handler’s options, or to dan in --kata-config',
    },
  ];
}

function unreadable({ file, label }: UsedConfig): readonly Observation[] {
  if (file.fault === undefined) return [];
  const cure = `correct it. All files of ${file.dropInDirectory} count, whatever their names`;
  return [{ severity: 'error', seen: `${label}: ${file.fault}`, cure }];
}

function missingDanConf({ file, label, networks }: UsedConfig): readonly Observation[] {
  const { danConf } = file.settings;
  if (danConf?.startsWith('/') === true) return [];
  const wanted = networks[0]?.danConf ?? '/run/kata-containers/dans';
  const seen =
    danConf === undefined
      ? `${label} has no dan_conf in [runtime]`
      : `${label} says dan_conf = "${danConf}", which is relative`;
  return [
    {
      severity: 'error',
      seen: `${seen}: the runtime looks for DAN files below its working directory`,
      cure: `say where they are, in ${ownDropIn(file)}`,
      files: [{ path: ownDropIn(file), content: `[runtime]\ndan_conf = "${wanted}"\n` }],
    },
  ];
}

function otherDanConf({ uses, file, label, networks }: UsedConfig): readonly Observation[] {
  const danConf = uses[0]?.danConf;
  if (danConf === undefined) return [];
  return networks
    .filter((network) => network.danConf !== danConf)
    .map(({ path, danConf: written }) => ({
      severity: 'error',
      seen: `${label} says dan_conf = "${file.settings.danConf ?? ''}", and with ${path} dan writes to ${written}`,
      cure: `say "kataConfig": "${file.path}", or "danConf": "${file.settings.danConf ?? ''}", in ${path}`,
    }));
}

function newNetns({ file, label, uses }: UsedConfig): readonly Observation[] {
  const { disableNewNetns, internetworkingModel } = file.settings;
  if (!disableNewNetns) return [];
  const mayBeGo = uses.some(({ runtime }) => runtime !== 'rust');
  const conflict = internetworkingModel === 'none' ? '' : ` with internetworking_model = "${internetworkingModel}"`;
  return [
    {
      severity: uses.some(({ runtime }) => runtime === 'go') ? 'error' : mayBeGo ? 'warning' : 'note',
      seen: `${label} says disable_new_netns = true${conflict}`,
      cure: mayBeGo
        ? 'take it out: a DAN needs no such setting; a tap of the host is opened in the host’s namespace anyway'
        : 'the Rust runtime reads DAN files all the same, and a pod without one gets no network',
    },
  ];
}
