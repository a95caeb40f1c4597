import type { Host } from '../harness/host.ts';
import { HugePages } from './huge-pages.ts';

/** DPDK's memory: huge pages, as on a node, or ordinary memory, which needs nothing from the machine. */
export type DpdkMemory = 'no-huge' | 'hugepages';

// A port takes 62 MiB for its packet buffers at an MTU of 1500, 220 MiB at 9000. Ordinary memory costs nothing until a
// port uses it; huge pages are taken from the machine at once.
const plainMebibytes = 1024;
const hugeMebibytes = 256;
const hugePageMebibytes = 2;
const hugePagesDirectory = '/run/hugepages';

/** Prepares a host for DPDK's memory. Disposing of the result gives the memory back to the machine. */
export async function prepareDpdkMemory(host: Host, memory: DpdkMemory): Promise<AsyncDisposable | undefined> {
  if (memory === 'no-huge') return undefined;
  const pages = await HugePages.reserve(hugeMebibytes / hugePageMebibytes);
  try {
    await host.sh(`
      mkdir ${hugePagesDirectory}
      mount -t hugetlbfs -o pagesize=${hugePageMebibytes}M none ${hugePagesDirectory}`);
    return pages;
  } catch (error) {
    await pages[Symbol.asyncDispose]();
    throw error;
  }
}

/** The columns of a switch with DPDK, as arguments of `ovs-vsctl set Open_vSwitch .`. */
export function dpdkSettings(memory: DpdkMemory): readonly string[] {
  return [
    'dpdk-init=true',
    // The thread that polls the ports would take a whole processor from the guests, so it may sleep without load.
    'pmd-maxsleep=500',
    // The ports' shared memory would be as large as possible, found by trying, which fails without huge pages.
    'per-port-memory=true',
    ...memorySettings(memory),
  ].map((setting) => `other_config:${setting}`);
}

function memorySettings(memory: DpdkMemory): readonly string[] {
  switch (memory) {
    case 'no-huge':
      return [`dpdk-extra="--no-pci --legacy-mem --no-huge -m ${plainMebibytes}"`];
    case 'hugepages':
      return [
        'dpdk-extra=--no-pci',
        `dpdk-hugepage-dir=${hugePagesDirectory}`,
        `dpdk-socket-mem=${hugeMebibytes}`,
        `dpdk-socket-limit=${hugeMebibytes}`,
      ];
  }
}
