import { executor } from '#executor';
import type { KernelOperation, Operation } from '../model/operation.ts';
import { addOvsPort } from './ovs.ts';
import type { Site } from './site.ts';

// What looks at the kernel's network, and changes it, is the executor's.
export const {
  deleteLinks,
  hasIpv6,
  linksWithIngress,
  readAllLinks,
  readCounters,
  readIngress,
  readLinks,
  readPod,
  readPortMtus,
  readVlans,
  restoreLinkState,
  saveLinkState,
} = executor;

/**
 * Carries a list of operations out, in order, in the kernel and in an Open vSwitch. Throws what the executor's `apply`
 * and `addOvsPort` throw, at the first that fails: those before it are done.
 */
export async function apply(operations: readonly Operation[], site: Site): Promise<void> {
  let kernel: KernelOperation[] = [];
  for (const operation of operations) {
    if (operation.op !== 'ovs-port-add') {
      kernel.push(operation);
      continue;
    }
    await applyToKernel(kernel, site);
    kernel = [];
    await addOvsPort(operation.port, site);
  }
  await applyToKernel(kernel, site);
}

async function applyToKernel(operations: readonly KernelOperation[], site: Site): Promise<void> {
  if (operations.length > 0) await executor.apply(operations, site);
}
