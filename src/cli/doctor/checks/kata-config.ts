import { letsAnnotationPass } from '../../../config/containerd.ts';
import { letsPodSet } from '../../../config/kata.ts';
import { type KataConfigFile, ownDropIn } from '../../../node/kata.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';
import { type Check, checksUnless, error, note, type Observation, observe, warning } from '../check.ts';
import type { KataUse } from '../facts/kata.ts';
import type { NodeFacts } from '../facts/node.ts';
import { withoutHandlers } from './kata-handlers.ts';

const settingChecks = checksUnless(withoutConfig, [
  { id: 'kata-dan-conf', look: forEachConfig(danConfFaults) },
  {
    id: 'kata-new-netns',
    look: forEachConfig(function* ({ file, label, uses }) {
      const { disableNewNetns, internetworkingModel } = file.settings;
      if (!disableNewNetns) return;
      const model = internetworkingModel === 'none' ? '' : ` with internetworking_model = "${internetworkingModel}"`;
      const seen = `${label} has disable_new_netns = true${model}`;
      const remove =
        'remove it: a DAN does not need it, and a tap of the host is opened in the host’s namespace anyway';
      const stays = 'the Rust runtime reads DAN files all the same; a pod without one gets no network';
      if (uses.every(({ runtime }) => runtime === 'rust')) yield note(seen, stays);
      else yield observe(uses.some(({ runtime }) => runtime === 'go') ? 'error' : 'warning', seen, remove);
    }),
  },
  {
    id: 'kata-rate-limiters',
    look: forEachConfig(function* ({ file, label }) {
      const keys = file.settings.rateLimits;
      const cure = 'set "bandwidth" in the network configuration, or limit the port of the switch';
      if (keys.length > 0) yield warning(`${label} sets ${keys.join(', ')}, which no device of a DAN obeys`, cure);
    }),
  },
  {
    id: 'kata-keep-abnormal',
    look: forEachConfig(function* ({ file, label }) {
      const cure =
        'taps and DAN files of such sandboxes stay until containerd removes the pod. dan does not cause this';
      if (file.settings.keepAbnormal) yield note(`${label} has keep_abnormal = true`, cure);
    }),
  },
  {
    id: 'kata-annotations',
    unasked: withoutHandlers,
    *look({ kata }) {
      for (const use of kata.uses) yield* annotations(use);
    },
  },
]);

/** Checks of the configuration in force: whether its runtime finds DAN files, and what it does not do with them. */
export const kataConfigChecks: readonly Check[] = [{ id: 'kata-config', look: unusable }, ...settingChecks];

/** A Kata configuration with all its uses. */
export interface UsedConfig {
  readonly file: KataConfigFile;
  readonly uses: readonly KataUse[];
  /** The dan networks of the pods that it applies to. */
  readonly networks: readonly DanPlugin[];
  /** The file and the handlers that it applies to: the beginning of messages about it. */
  readonly label: string;
}

/** The names of Cloud Hypervisor in the two runtimes. */
export const cloudHypervisor: readonly (string | undefined)[] = ['clh', 'cloud-hypervisor'];

/** Why a question about Kata's configuration does not apply; undefined if it does. */
export function withoutConfig({ kata }: NodeFacts): string | undefined {
  return kata.uses.some(({ config }) => config.file !== undefined) ? undefined : 'no configuration of Kata was found';
}

/** Runs a check once for each configuration in force. */
export function forEachConfig(
  look: (used: UsedConfig, facts: NodeFacts) => Iterable<Observation>,
): (facts: NodeFacts) => Iterable<Observation> {
  return (facts) => usedConfigs(facts).flatMap((used) => [...look(used, facts)]);
}

function usedConfigs({ kata }: NodeFacts): readonly UsedConfig[] {
  const byPath = Map.groupBy(kata.uses, ({ config }) => config.file?.path);
  return [...byPath.values()].flatMap((uses) => {
    const file = uses[0]?.config.file;
    if (file === undefined) return [];
    const networks = [...new Set(uses.flatMap((use) => use.networks))];
    return [{ file, uses, networks, label: labelOf(file, uses) }];
  });
}

function labelOf({ path, dropIns }: KataConfigFile, uses: readonly KataUse[]): string {
  const handlers = [...new Set(uses.flatMap(({ handler }) => (handler === undefined ? [] : [`"${handler.name}"`])))];
  const withDropIns = dropIns.length === 0 ? path : `${path} with ${dropIns.join(', ')}`;
  if (handlers.length === 0) return withDropIns;
  return `${withDropIns} (handler${handlers.length === 1 ? '' : 's'} ${handlers.join(', ')})`;
}

function* unusable(facts: NodeFacts): Iterable<Observation> {
  for (const { config, handler } of facts.kata.uses) {
    if (config.file !== undefined) continue;
    const whose = handler === undefined ? '' : ` for the handler "${handler.name}"`;
    const cure =
      config.lookedAt.length === 1
        ? 'correct the path: ConfigPath in the handler’s options of containerd’s configuration, or --kata-config'
        : 'install Kata; or name its configuration in ConfigPath of the handler’s options, or for dan in --kata-config';
    yield error(`there is no configuration of Kata${whose} at ${config.lookedAt.join(', ')}`, cure);
  }
  for (const { file, label } of usedConfigs(facts)) {
    const cure = `correct it. Kata reads every file in ${file.dropInDirectory}, whatever its name`;
    if (file.fault !== undefined) yield error(`${label}: ${file.fault}`, cure);
  }
}

function* danConfFaults({ uses, file, label, networks }: UsedConfig): Iterable<Observation> {
  const written = file.settings.danConf;
  if (written?.startsWith('/') !== true) {
    const seen =
      written === undefined ? 'has no dan_conf in [runtime]' : `has dan_conf = "${written}", which is relative`;
    const content = `[runtime]\ndan_conf = "${networks[0]?.danConf ?? '/run/kata-containers/dans'}"\n`;
    yield error(
      `${label} ${seen}: the runtime looks for DAN files below its working directory`,
      `set dan_conf, in ${ownDropIn(file)}`,
      { path: ownDropIn(file), content },
    );
  }
  const danConf = uses[0]?.danConf;
  for (const network of networks) {
    if (danConf === undefined || network.danConf === danConf) continue;
    yield error(
      `${label} has dan_conf = "${written ?? ''}", but for ${network.path} dan writes to ${network.danConf}`,
      // "danConf" of a network has precedence over its "kataConfig".
      network.document['danConf'] === undefined
        ? `set "kataConfig": "${file.path}", or "danConf": "${written ?? ''}", in ${network.path}`
        : `set "danConf": "${written ?? ''}" in ${network.path}, or replace it by "kataConfig": "${file.path}"`,
    );
  }
}

/** Annotations below `io.katacontainers.config.runtime.` that matter to a DAN. Only containerd filters them. */
const ofTheRuntime = ['disable_new_netns', 'internetworking_model'] as const;

/** Annotations below `io.katacontainers.config.hypervisor.` that matter to a DAN. */
const ofTheHypervisor = ['disable_vhost_net', 'enable_hugepages', 'file_mem_backend'] as const;

function* annotations({ handler, runtime, config }: KataUse): Iterable<Observation> {
  if (handler === undefined || config.file === undefined) return;
  const { settings, path } = config.file;
  const several = settings.hypervisors.length > 1 ? ['hypervisor_name'] : [];
  const names = [
    'config_path',
    ...[...several, ...ofTheRuntime].map((key) => `config.runtime.${key}`),
    ...ofTheHypervisor.filter((key) => letsPodSet(settings, key)).map((key) => `config.hypervisor.${key}`),
  ].map((name) => `io.katacontainers.${name}`);
  const passing = names.filter((name) => letsAnnotationPass(handler, name));
  if (passing.length === 0) return;
  yield note(
    `pod_annotations of the handler "${handler.name}" let pods set ${passing.join(', ')}`,
    `a pod’s annotation overrides the drop-ins of ${path}, those override that file, and that the runtime’s defaults. ` +
      `The file is the first of: ${orderOf(runtime)}. enable_annotations lists the hypervisor’s annotations that Kata accepts`,
  );
}

function orderOf(runtime: KataUse['runtime']): string {
  const go =
    'the annotation config_path, ConfigPath of the handler, the shim’s variable KATA_CONF_FILE, Kata’s own places';
  const rust =
    'the annotation config_path (ignored by newer versions), the shim’s variable KATA_CONF_FILE, ConfigPath of the ' +
    'handler, Kata’s own places';
  if (runtime === undefined) return `with the Go runtime ${go}; with the Rust runtime ${rust}`;
  return runtime === 'go' ? go : rust;
}
