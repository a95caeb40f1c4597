import type { JsonObject } from '../json/object.ts';
import { mergeTables, numberIn, parseToml, tableAt, textIn, textsIn } from './toml.ts';

/** A file of a Kata configuration: the configuration.toml itself, or a drop-in of the directory `config.d` beside it. */
export interface KataFile {
  readonly path: string;
  readonly text: string;
}

/** What a Kata configuration, with its drop-ins, says about things that matter to a DAN pod. */
export interface KataSettings {
  /** `dan_conf` of `[runtime]`: where the runtime looks for DAN files, as it is written; an empty one counts as left out. */
  readonly danConf: string | undefined;
  /** The hypervisor that is used, by the name of its table. */
  readonly hypervisor: string | undefined;
  /** Every hypervisor that has a table. */
  readonly hypervisors: readonly string[];
  /** Only a configuration of the Rust runtime names its hypervisor or the kind of its runtime. */
  readonly isOfRust: boolean;
  readonly disableNewNetns: boolean;
  /** `internetworking_model`; both runtimes take "tcfilter" where it is left out. */
  readonly internetworkingModel: string;
  readonly keepAbnormal: boolean;
  /** `network_queues`: queue pairs of a device whose file names none. Kata's own default is 1. */
  readonly networkQueues: number;
  /** PCI bridges of the machine; undefined where the configuration leaves it to the runtime. */
  readonly bridges: number | undefined;
  readonly disableVhostNet: boolean;
  /** Where VFIO devices are plugged in: `hot_plug_vfio` and `cold_plug_vfio`, "no-port" where they are left out. */
  readonly vfio: { readonly hotPlug: string; readonly coldPlug: string };
  /** `pcie_root_port`: root ports of the machine, 0 where it is left out. */
  readonly rootPorts: number;
  /** The virtual machine's memory: in huge pages; and such that a vhost-user switch can map it. */
  readonly memory: { readonly hugepages: boolean; readonly isShared: boolean };
  /** Limits of a network device's rate that are set, by their key. */
  readonly rateLimits: readonly string[];
  /** `extra_monitor_socket`: what QEMU's monitor for others than Kata speaks; undefined where `enable_debug` does not open it. */
  readonly extraMonitor: string | undefined;
  /** `enable_annotations`: expressions of the annotations of the hypervisor that a pod may set. */
  readonly enableAnnotations: readonly string[];
}

/** What the files of a configuration come to. */
export interface KataReading {
  readonly settings: KataSettings;
  /** The files that cannot be read, and why, as a clause that follows the path. The settings are those of the others. */
  readonly faults: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Reads the configuration of the Go or the Rust runtime: the files are laid one over the other, as the runtimes do it. A
 * value of another type counts as left out. Pure.
 */
export function readKata(files: readonly KataFile[]): KataReading {
  const parsed = files.map(({ path, text }) => ({ path, table: parseToml(text) }));
  const tables = parsed.flatMap(({ table }) => (table.ok ? [table.value] : []));
  return {
    settings: settingsOf(tables.reduce(mergeTables, {})),
    faults: parsed.flatMap(({ path, table }) => (table.ok ? [] : [{ path, why: table.why }])),
  };
}

/** Keys of rate limits: the Go runtime's and QEMU's, then those of Cloud Hypervisor. Those of disks are others. */
const rateLimit = /^(rx|tx)_rate_limiter_max_rate$|^net_rate_limiter_(bw|ops)_max_rate$/;

function settingsOf(document: JsonObject): KataSettings {
  const runtime = tableAt(document, 'runtime');
  const tables = tableAt(document, 'hypervisor');
  // The Rust runtime names the one it uses; a file of the Go runtime has one alone.
  const hypervisor = textIn(runtime, 'hypervisor_name') ?? Object.keys(tables)[0];
  const table = hypervisor === undefined ? {} : tableAt(tables, hypervisor);
  const queues = numberIn(table, 'network_queues') ?? 0;
  return {
    danConf: textIn(runtime, 'dan_conf'),
    hypervisor,
    hypervisors: Object.keys(tables),
    isOfRust: ['hypervisor_name', 'agent_name', 'name'].some((key) => textIn(runtime, key) !== undefined),
    disableNewNetns: runtime['disable_new_netns'] === true,
    internetworkingModel: textIn(runtime, 'internetworking_model') ?? 'tcfilter',
    keepAbnormal: runtime['keep_abnormal'] === true,
    networkQueues: queues > 0 ? queues : 1,
    bridges: numberIn(table, 'default_bridges'),
    disableVhostNet: table['disable_vhost_net'] === true,
    vfio: {
      hotPlug: textIn(table, 'hot_plug_vfio') ?? 'no-port',
      coldPlug: textIn(table, 'cold_plug_vfio') ?? 'no-port',
    },
    rootPorts: numberIn(table, 'pcie_root_port') ?? 0,
    memory: memoryOf(hypervisor, table),
    rateLimits: Object.keys(table).filter((key) => rateLimit.test(key) && Number(table[key]) > 0),
    extraMonitor: table['enable_debug'] === true ? extraMonitorIn(table) : undefined,
    enableAnnotations: textsIn(table, 'enable_annotations'),
  };
}

// The Rust runtime takes its former name, too (`DebugInfo` of kata-types).
function extraMonitorIn(table: JsonObject): string | undefined {
  return textIn(table, 'extra_monitor_socket') ?? textIn(table, 'dbg_monitor_socket');
}

// Dragonball's memory is always of a kind that can be mapped: shmem, or hugetlbfs with huge pages. QEMU's is where it is
// of huge pages or of a file, and with virtio-fs, whose daemon needs it as well.
function memoryOf(hypervisor: string | undefined, table: JsonObject): KataSettings['memory'] {
  const hugepages = table['enable_hugepages'] === true;
  const isOfFile = textIn(table, 'file_mem_backend') !== undefined;
  const sharedFs = textIn(table, 'shared_fs') ?? 'virtio-fs';
  return {
    hugepages,
    isShared: hypervisor === 'dragonball' || hugepages || isOfFile || sharedFs.startsWith('virtio-fs'),
  };
}

/**
 * Whether a pod may set an annotation of the hypervisor, given without `io.katacontainers.config.hypervisor.`. Both
 * runtimes look for the expressions anywhere in the name.
 */
export function letsPodSet({ enableAnnotations }: KataSettings, key: string): boolean {
  return enableAnnotations.some((expression) => {
    try {
      return new RegExp(expression).test(key);
    } catch {
      return false;
    }
  });
}
