import { kernel } from '#kernel';
import { isOfKernel, type KernelOperation, type Operation } from '../model/operation.ts';
import { addOvsPort } from './ovs.ts';
import type { Site } from './site.ts';

/**
 * Carries out a list of operations, in order, in the kernel and in an Open vSwitch. Stops at the first one that fails
 * and throws what the kernel's `apply`, `addOvsPort` or `changeFunction` throws; the operations before it stay done.
 */
export async function apply(operations: readonly Operation[], site: Site): Promise<void> {
  let pending: KernelOperation[] = [];
  const applyPending = async (): Promise<void> => {
    if (pending.length > 0) await kernel.apply(pending, site);
    pending = [];
  };
  for (const operation of operations) {
    if (isOfKernel(operation)) {
      pending.push(operation);
      continue;
    }
    await applyPending();
    await applyAlone(operation, site);
  }
  await applyPending();
}

// Few nodes have virtual functions, so the code for them is loaded only on demand.
async function applyAlone(operation: Exclude<Operation, KernelOperation>, site: Site): Promise<void> {
  if (operation.op === 'ovs-port-add') await addOvsPort(operation.port, site);
  else await (await import('./functions/changes.ts')).changeFunction(operation, site);
}
