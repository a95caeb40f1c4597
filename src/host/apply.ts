import { kernel } from '#kernel';
import type { KernelOperation, Operation } from '../model/operation.ts';
import { addOvsPort } from './ovs.ts';
import type { Site } from './site.ts';

/**
 * Carries a list of operations out, in order, in the kernel and in an Open vSwitch. Throws what the kernel's `apply`
 * and `addOvsPort` throw, at the first that fails: those before it are done.
 */
export async function apply(operations: readonly Operation[], site: Site): Promise<void> {
  let pending: KernelOperation[] = [];
  const applyPending = async (): Promise<void> => {
    if (pending.length > 0) await kernel.apply(pending, site);
    pending = [];
  };
  for (const operation of operations) {
    if (operation.op !== 'ovs-port-add') {
      pending.push(operation);
      continue;
    }
    await applyPending();
    await addOvsPort(operation.port, site);
  }
  await applyPending();
}
