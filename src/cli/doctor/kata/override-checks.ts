import { letsAnnotationPass } from '../../../config/containerd/handler.ts';
import { letsPodSet } from '../../../config/kata/settings.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { type UsedConfig, usedConfigs, withoutConfig } from './each-config.ts';
import type { KataUse } from './facts.ts';
import { withoutHandlers } from './runtime-checks.ts';

/** What is asked about settings that do not do what they say with a DAN, and about what overrides them. */
export const overrideChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kata-rate-limiters',
    fine: 'no rate limiter is relied on',
    why: 'Kata puts its rate limiters on interfaces that it finds in the pod’s namespace, and not on devices of a DAN file.',
    unasked: withoutConfig,
    look: (facts) => usedConfigs(facts).flatMap(rateLimits),
  },
  {
    id: 'kata-keep-abnormal',
    fine: 'Kata cleans up after sandboxes that ended badly',
    why: 'With keep_abnormal it leaves them as they are, for somebody to look at.',
    unasked: withoutConfig,
    look: (facts) => usedConfigs(facts).flatMap(keepAbnormal),
  },
  {
    id: 'kata-annotations',
    fine: 'pods cannot change what matters to a DAN with annotations',
    why: 'What a pod’s annotations say comes before the configuration: a pod can lose its network by them.',
    unasked: (facts) => withoutHandlers(facts) ?? withoutConfig(facts),
    look: ({ kata }) => kata.uses.flatMap(annotations).filter(isFirst),
  },
];

function isFirst(one: Observation, at: number, all: readonly Observation[]): boolean {
  return all.findIndex(({ seen }) => seen === one.seen) === at;
}

function rateLimits({ file, label }: UsedConfig): readonly Observation[] {
  const { rateLimits: keys } = file.settings;
  if (keys.length === 0) return [];
  const seen = `${label} sets ${keys.join(', ')}, which no device of a DAN obeys`;
  return [{ severity: 'warning', seen, cure: 'limit the tap on the host ("tc qdisc"), or the port of the switch' }];
}

function keepAbnormal({ file, label }: UsedConfig): readonly Observation[] {
  if (!file.settings.keepAbnormal) return [];
  const cure = 'taps and DAN files of such sandboxes stay until containerd removes the pod: they are no fault of dan’s';
  return [{ severity: 'note', seen: `${label} says keep_abnormal = true`, cure }];
}

/** Annotations below `io.katacontainers.config.runtime.`, which need nobody's leave but containerd's. */
const ofTheRuntime = ['disable_new_netns', 'internetworking_model'] as const;

/** Annotations below `io.katacontainers.config.hypervisor.` that matter to a DAN. */
const ofTheHypervisor = ['disable_vhost_net', 'enable_hugepages', 'file_mem_backend'] as const;

function annotations({ handler, runtime, config }: KataUse): readonly Observation[] {
  if (handler === undefined || config.file === undefined) return [];
  const { settings, path } = config.file;
  const names = [
    'io.katacontainers.config_path',
    ...(settings.hypervisors.length > 1 ? ['io.katacontainers.config.runtime.hypervisor_name'] : []),
    ...ofTheRuntime.map((key) => `io.katacontainers.config.runtime.${key}`),
    ...ofTheHypervisor
      .filter((key) => letsPodSet(settings, key))
      .map((key) => `io.katacontainers.config.hypervisor.${key}`),
  ];
  const passing = names.filter((name) => letsAnnotationPass(handler, name));
  if (passing.length === 0) return [];
  return [
    {
      severity: 'note',
      seen: `pod_annotations of the handler "${handler.name}" let pods set ${passing.join(', ')}`,
      cure:
        `a pod’s annotation counts first, then the drop-ins beside ${path}, then that file, then the runtime’s defaults. ` +
        `Which file it is: ${orderOf(runtime)}. enable_annotations says which annotations of the hypervisor are heard`,
    },
  ];
}

function orderOf(runtime: KataUse['runtime']): string {
  const go =
    'the annotation config_path, ConfigPath of the handler, the shim’s variable KATA_CONF_FILE, Kata’s own places';
  const rust =
    'the annotation config_path (newer versions do not heed it), the shim’s variable KATA_CONF_FILE, ConfigPath of the ' +
    'handler, Kata’s own places';
  if (runtime === undefined) return `with the Go runtime ${go}; with the Rust runtime ${rust}`;
  return runtime === 'go' ? go : rust;
}
