import type { JsonObject } from '../../json/object.ts';
import { usedHypervisor } from '../kata.ts';
import { numberIn, tableAt, textIn, textsIn } from '../toml.ts';

/** What a Kata configuration, with its drop-ins, says about things that matter to a DAN pod. */
export interface KataSettings {
  /** `dan_conf`, as it is written; undefined where it is missing or empty. */
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
  /** Queue pairs of a device whose file names none. */
  readonly networkQueues: number;
  /** PCI bridges of the machine; undefined where the configuration leaves it to the runtime. */
  readonly bridges: number | undefined;
  readonly disableVhostNet: boolean;
  readonly memory: KataMemory;
  /** Limits of a network device's rate that are set, by their key. */
  readonly rateLimits: readonly string[];
  /** `enable_annotations`: expressions of the annotations of the hypervisor that a pod may set. */
  readonly enableAnnotations: readonly string[];
}

/** How the virtual machine's memory is made. */
interface KataMemory {
  readonly hugepages: boolean;
  /** A process on the node can map it: what a vhost-user switch needs. */
  readonly isShared: boolean;
}

/** Keys of rate limits: the Go runtime's and QEMU's, then those of Cloud Hypervisor. Those of disks are others. */
const rateLimit = /^(rx|tx)_rate_limiter_max_rate$|^net_rate_limiter_(bw|ops)_max_rate$/;

/** Reads the joined tables of a configuration. Nothing is refused: what is of another type counts as left out. */
export function readKataSettings(document: JsonObject): KataSettings {
  const runtime = tableAt(document, 'runtime');
  const { name, table } = usedHypervisor(document);
  const queues = numberIn(table, 'network_queues') ?? 0;
  return {
    danConf: textIn(runtime, 'dan_conf'),
    hypervisor: name,
    hypervisors: Object.keys(tableAt(document, 'hypervisor')),
    isOfRust: ['hypervisor_name', 'agent_name', 'name'].some((key) => textIn(runtime, key) !== undefined),
    disableNewNetns: runtime['disable_new_netns'] === true,
    internetworkingModel: textIn(runtime, 'internetworking_model') ?? 'tcfilter',
    keepAbnormal: runtime['keep_abnormal'] === true,
    networkQueues: queues > 0 ? queues : 1,
    bridges: numberIn(table, 'default_bridges'),
    disableVhostNet: table['disable_vhost_net'] === true,
    memory: memoryOf(name, table),
    rateLimits: Object.entries(table)
      .filter(([key, value]) => rateLimit.test(key) && Number(value) > 0)
      .map(([key]) => key),
    enableAnnotations: textsIn(table, 'enable_annotations'),
  };
}

// Dragonball's memory is always of a kind that can be mapped: shmem, or hugetlbfs with huge pages. QEMU's is where it is
// of huge pages or of a file, and with virtio-fs, whose daemon needs it as well.
function memoryOf(hypervisor: string | undefined, table: JsonObject): KataMemory {
  const hugepages = table['enable_hugepages'] === true;
  const shared = textIn(table, 'shared_fs') ?? 'virtio-fs';
  return {
    hugepages,
    isShared:
      hypervisor === 'dragonball' ||
      hugepages ||
      textIn(table, 'file_mem_backend') !== undefined ||
      shared.startsWith('virtio-fs'),
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
