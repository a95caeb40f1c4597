import type { KernelOperation, Operation } from '../model/operation.ts';
import type { Executor } from './executor.ts';
import { openLibc } from './libc.ts';
import type { Site } from './site.ts';

// Chosen and loaded at the first use.
let chosen: Promise<Executor> | undefined;

function executor(): Promise<Executor> {
  chosen ??= choose();
  return chosen;
}

// Where the C library cannot be called, as on Node, iproute2 speaks to the kernel.
async function choose(): Promise<Executor> {
  const libc = await openLibc();
  if (libc === undefined) return (await import('./iproute/executor.ts')).iproute;
  return (await import('./netlink/executor.ts')).netlink(libc);
}

/**
 * Carries a list of operations out, in order, in the kernel and in an Open vSwitch. Throws what {@link Executor.apply}
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
    const { addOvsPort } = await import('./ovs.ts');
    await addOvsPort(operation.port, site);
  }
  await applyToKernel(kernel, site);
}

async function applyToKernel(operations: readonly KernelOperation[], site: Site): Promise<void> {
  if (operations.length > 0) await (await executor()).apply(operations, site);
}

/** A question to the executor, and its answer. */
type Asked<Name extends keyof Executor> = (
  ...args: Parameters<Executor[Name]>
) => Promise<Awaited<ReturnType<Executor[Name]>>>;

/** {@link Executor.readLinks} */
export const readLinks: Asked<'readLinks'> = async (...args) => (await executor()).readLinks(...args);

/** {@link Executor.readPortMtus} */
export const readPortMtus: Asked<'readPortMtus'> = async (...args) => (await executor()).readPortMtus(...args);

/** {@link Executor.readAllLinks} */
export const readAllLinks: Asked<'readAllLinks'> = async (...args) => (await executor()).readAllLinks(...args);

/** {@link Executor.deleteLinks} */
export const deleteLinks: Asked<'deleteLinks'> = async (...args) => (await executor()).deleteLinks(...args);

/** {@link Executor.readPod} */
export const readPod: Asked<'readPod'> = async (...args) => (await executor()).readPod(...args);

/** {@link Executor.readIngress} */
export const readIngress: Asked<'readIngress'> = async (...args) => (await executor()).readIngress(...args);

/** {@link Executor.linksWithIngress} */
export const linksWithIngress: Asked<'linksWithIngress'> = async (...args) =>
  (await executor()).linksWithIngress(...args);

/** {@link Executor.readVlans} */
export const readVlans: Asked<'readVlans'> = async (...args) => (await executor()).readVlans(...args);

/** {@link Executor.hasIpv6} */
export const hasIpv6: Asked<'hasIpv6'> = async (...args) => (await executor()).hasIpv6(...args);

/** {@link Executor.readCounters} */
export const readCounters: Asked<'readCounters'> = async (...args) => (await executor()).readCounters(...args);

/** {@link Executor.saveLinkState} */
export const saveLinkState: Asked<'saveLinkState'> = async (...args) => (await executor()).saveLinkState(...args);

/** {@link Executor.restoreLinkState} */
export const restoreLinkState: Asked<'restoreLinkState'> = async (...args) =>
  (await executor()).restoreLinkState(...args);
