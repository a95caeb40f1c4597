import { deleteAddress, getAddresses, toAddressAnswer } from './addresses.ts';
import { errors } from './refusal.ts';
import type { Netlink } from './socket.ts';

/** How often what is left is looked for, as `ip addr flush` does it. */
const rounds = 10;

/** Takes all addresses from a link. With one of IPv4 others may go that were added under it. */
export function flushAddresses(socket: Netlink, link: number): void {
  for (let left = rounds; left > 0; left -= 1) {
    const there = socket.askForAll(getAddresses()).filter((message) => toAddressAnswer(message)?.link === link);
    if (there.length === 0) return;
    for (const address of there) socket.ask(deleteAddress(address), errors.noAddress);
  }
}
