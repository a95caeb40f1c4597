import { kernel } from '#kernel';
import { isOfKernel, type KernelOperation, type Operation } from '../model/operation.ts';
import { addOvsPort } from './ovs.ts';
import type { Site } from './site.ts';

/**
 * Carries a list of operations out, in order, in the kernel and in an Open vSwitch. Throws what the kernel's `apply`,
 * `addOvsPort` and `changeFunction` throw, at the first that fails: those before it are done.
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

// Few nodes have virtual functions: what is done to them is loaded when it is needed.
async function applyAlone(operation: Exclude<Operation, KernelOperation>, site: Site): Promise<void> {
  if (operation.op === 'ovs-port-add') await addOvsPort(operation.port, site);
  else await (await import('./functions/changes.ts')).changeFunction(operation, site);
}
