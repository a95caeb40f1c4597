import { system } from '#system';
import { danError } from '../../model/error.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { KernelOperation, Where } from '../../model/operation.ts';
import type { CniError } from '../../protocol/error.ts';
import { stepOf } from '../iproute/batch-lines.ts';
import { refuseToldToEnd } from '../command.ts';
import type { Site } from '../site.ts';
import { ipv6Switch, kernelHasIpv6, writeSysctl } from '../sysctl.ts';
import { flushAddresses } from './flush.ts';
import { inPlaces, type Places } from './places.ts';
import { isFailure } from './refusal.ts';
import { requestOf } from './request.ts';
import { addTap } from './tun.ts';

/**
 * Carries a list of operations out, in order. The kernel has done each when it answers. Throws `command-failed` at the first
 * that fails, `command-timeout` and `interrupted` between two: those before it are done.
 */
export async function apply(operations: readonly KernelOperation[], site: Site): Promise<void> {
  const end = system.now() + site.timeoutSeconds * 1000;
  await inPlaces(site, 'make a socket', async (places) => {
    for (const operation of operations) {
      await refuseToldToEnd(site.interrupted);
      if (system.now() > end) throw tooLate(operation, site);
      try {
        carryOut(operation, places);
      } catch (error) {
        throw isFailure(error) ? failed(operation, error) : error;
      }
    }
    await refuseToldToEnd(site.interrupted);
  });
}

function carryOut(operation: KernelOperation, places: Places): void {
  if (operation.op === 'tap-add') {
    places.within(operation.in, () => {
      addTap(operation);
    });
    return;
  }
  if (operation.op === 'ipv6-off') {
    switchIpv6Off(operation.name, operation.in, places);
    return;
  }
  if (operation.op === 'addresses-flush') {
    flushAddresses(places.socket(operation.in), places.indexOf(operation.in, operation.name));
    return;
  }
  const { in: where } = operation;
  const indexOf = (name: string): number => places.indexOf(where, name);
  places.socket(where).ask(requestOf(operation, { indexOf, podFile: () => places.podFile() }));
  if (operation.op === 'rename') places.forgetIndexes();
}

function switchIpv6Off(name: InterfaceName, where: Where, places: Places): void {
  if (!kernelHasIpv6()) return;
  places.within(where, () => {
    writeSysctl(ipv6Switch(name), '1');
  });
}

function failed(operation: KernelOperation, error: Error): CniError {
  return danError('command-failed', `the kernel refused ${wordsOf(operation)}: ${error.message}`);
}

function tooLate(operation: KernelOperation, { timeoutSeconds }: Site): CniError {
  return danError(
    'command-timeout',
    `the kernel took more than ${timeoutSeconds} s for what comes before ${wordsOf(operation)}, which was not begun; ` +
      'see what keeps its network busy, or raise "commandTimeout"',
  );
}

// As the command that asks the kernel for the same: whoever reads it can try it.
function wordsOf(operation: KernelOperation): string {
  const step = stepOf(operation);
  const command = step.by === 'sysctl' ? `echo ${step.value} >${step.path}` : `${step.by} ${step.line}`;
  return `"${command}"${step.in === 'pod' ? " in the pod's namespace" : ''}`;
}
