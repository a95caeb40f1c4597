import type { JsonObject } from '../json/object.ts';
import { mergeTables, numberIn, parseToml, tableAt, textIn, textsIn } from './toml.ts';

/** A file of a Kata configuration: configuration.toml itself, or a drop-in in the directory `config.d` beside it. */
export interface KataFile {
  readonly path: string;
  readonly text: string;
}

/** The settings of a Kata configuration, with its drop-ins, that matter to a DAN pod. */
export interface KataSettings {
  /** `dan_conf` of `[runtime]`: where the runtime looks for DAN files. Unvalidated; an empty one counts as left out. */
  readonly danConf: string | undefined;
  /** The hypervisor in use, by the name of its table. */
  readonly hypervisor: string | undefined;
  /** Every hypervisor that has a table. */
  readonly hypervisors: readonly string[];
  /** Only a configuration of the Rust runtime names its hypervisor or the kind of its runtime. */
  readonly isOfRust: boolean;
  readonly disableNewNetns: boolean;
  /** `internetworking_model`; the default of both runtimes is "tcfilter". */
  readonly internetworkingModel: string;
  readonly keepAbnormal: boolean;
  /** `network_queues`: queue pairs of a device whose file has no number. Kata's own default is 1. */
  readonly networkQueues: number;
  /** PCI bridges of the machine; undefined if the configuration leaves that to the runtime. */
  readonly bridges: number | undefined;
  readonly disableVhostNet: boolean;
  /** Where VFIO devices are plugged in: `hot_plug_vfio` and `cold_plug_vfio`. The default is "no-port". */
  readonly vfio: { readonly hotPlug: string; readonly coldPlug: string };
  /** `pcie_root_port`: root ports of the machine; the default is 0. */
  readonly rootPorts: number;
  /** Whether the virtual machine's memory uses huge pages, and whether a vhost-user switch can map it. */
  readonly memory: { readonly hugepages: boolean; readonly isShared: boolean };
  /** The keys of the rate limits of network devices that are set. */
  readonly rateLimits: readonly string[];
  /** `extra_monitor_socket`: the protocol of QEMU's monitor for others than Kata; undefined without `enable_debug`. */
  readonly extraMonitor: string | undefined;
  /** `enable_annotations`: regular expressions for the hypervisor annotations that a pod may set. */
  readonly enableAnnotations: readonly string[];
}

/** The result of reading a configuration's files. */
export interface KataReading {
  readonly settings: KataSettings;
  /** The unreadable files, each with a clause that follows the path. The settings are those of the other files. */
  readonly faults: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Reads the configuration of the Go or the Rust runtime. Files are merged in the way of the runtimes. A value of the
 * wrong type counts as left out. Pure.
 */
export function readKata(files: readonly KataFile[]): KataReading {
  const parsed = files.map(({ path, text }) => ({ path, table: parseToml(text) }));
  const tables = parsed.flatMap(({ table }) => (table.ok ? [table.value] : []));
  return {
    settings: settingsOf(tables.reduce(mergeTables, {})),
    faults: parsed.flatMap(({ path, table }) => (table.ok ? [] : [{ path, why: table.why }])),
  };
}

/** Keys of network rate limits: the Go runtime's and QEMU's, then Cloud Hypervisor's. Those of disks differ. */
const rateLimit = /^(rx|tx)_rate_limiter_max_rate$|^net_rate_limiter_(bw|ops)_max_rate$/;

function settingsOf(document: JsonObject): KataSettings {
  const runtime = tableAt(document, 'runtime');
  const tables = tableAt(document, 'hypervisor');
  // The Rust runtime names the one in use; a file of the Go runtime has only one.
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

// The Rust runtime also accepts the former name (`DebugInfo` of kata-types).
function extraMonitorIn(table: JsonObject): string | undefined {
  return textIn(table, 'extra_monitor_socket') ?? textIn(table, 'dbg_monitor_socket');
}

// Other processes can always map Dragonball's memory: it is shmem, or hugetlbfs with huge pages. QEMU's can be mapped
// if it uses huge pages or a file, or with virtio-fs, whose daemon maps it, too.
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
 * Whether a pod may set a hypervisor annotation, given without `io.katacontainers.config.hypervisor.`. Both runtimes
 * match the expressions anywhere in the name.
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
