import { system } from '#system';
import { danError } from '../../model/error.ts';
import type { Kernel } from '../kernel.ts';
import type { KernelOperation } from '../../model/operation.ts';
import type { Interruption } from '../../protocol/interruption.ts';
import { refuseInterrupted } from '../command.ts';
import { operationLimit, operationText } from '../operation-text.ts';
import { ipv6File, kernelHasIpv6, writeSysctl } from '../sysctl.ts';
import { errno } from '../system/errno.ts';
import { deleteAddress, getAddresses, toAddressAnswer } from './addresses.ts';
import { inPlaces, type Places } from './places.ts';
import { isFailure, nameOfFailure } from './refusal.ts';
import { requestOf } from './request.ts';
import type { Netlink } from './socket.ts';
import { addTap } from './tun.ts';

/** Carries out a list of operations, in order. When the kernel answers, the operation is done. */
export const apply: Kernel['apply'] = async (operations, site) => {
  const { timeoutSeconds, interrupted } = site;
  const end = system.now() + timeoutSeconds * 1000;
  await inPlaces(site, 'make a socket', (places) => {
    for (const operation of operations) {
      refuseToldToEndNow(interrupted);
      if (system.now() > end) {
        throw danError(
          'command-timeout',
          `the kernel took more than ${timeoutSeconds} s for what comes before ${operationText(operation)}, which was ` +
            'not begun; see what keeps its network busy, or raise "commandTimeout"',
        );
      }
      try {
        carryOut(operation, places);
      } catch (error) {
        if (!isFailure(error)) throw error;
        const limit = operationLimit(nameOfFailure(error), operation);
        throw danError('command-failed', `the kernel refused ${operationText(operation)}: ${error.message}${limit}`);
      }
    }
    refuseToldToEndNow(interrupted);
  });
};

// The executable hears signals synchronously, so there is no await: a turn of the loop for each operation would take a
// tenth of ADD's time.
function refuseToldToEndNow(interrupted: Interruption | undefined): void {
  if (interrupted === undefined) return;
  void system.hearSignals();
  refuseInterrupted(interrupted);
}

function carryOut(operation: KernelOperation, places: Places): void {
  const { in: where } = operation;
  const indexOf = (name: string): number => places.indexOf(where, name);
  if (operation.op === 'tap-add') {
    places.within(where, () => {
      addTap(operation);
    });
  } else if (operation.op === 'ipv6-off') {
    if (!kernelHasIpv6()) return;
    places.within(where, () => {
      writeSysctl(ipv6File(operation.name, 'disable_ipv6'), '1');
    });
  } else if (operation.op === 'addresses-flush') {
    flushAddresses(places.socket(where), indexOf(operation.name));
  } else {
    places.socket(where).ask(requestOf(operation, { indexOf, podFile: () => places.podFile() }));
    if (operation.op === 'rename') places.forgetIndexes();
  }
}

/** How often the remaining addresses are listed, as in `ip addr flush`. */
const rounds = 10;

// Deletes all addresses of a link. Deleting an IPv4 address may also delete its secondary addresses.
function flushAddresses(socket: Netlink, link: number): void {
  for (let left = rounds; left > 0; left -= 1) {
    const there = socket.askForAll(getAddresses()).filter((message) => toAddressAnswer(message)?.link === link);
    if (there.length === 0) return;
    for (const address of there) socket.ask(deleteAddress(address), errno.EADDRNOTAVAIL);
  }
}
