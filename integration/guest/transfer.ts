import type { Host } from '../harness/host.ts';
import type { GuestShell } from './shell.ts';

/** MD5 sums of what was sent over a TCP connection and of what was received. */
export interface Transfer {
  readonly sent: string;
  readonly received: string;
}

/** The part of a guest that a transfer needs. A {@link Guest} has it, and so has a {@link GuestShell}. */
type GuestEnd = Pick<GuestShell, 'text'>;

/** Either end: a function that runs scripts, and a directory there. */
interface End {
  readonly directory: string;
  run(script: string): Promise<string>;
}

const port = 5001;

// MD5, because an emulated processor needs twice the time for SHA-256. On both sides, the program that reads or writes
// gets the connection itself: busybox's nc would copy in small pieces, which is slow on an emulated processor. Without
// the prefix `busybox`, the host would use another nc.
const receive = (directory: string): string => `
busybox nc -l -p ${port} -e sh -c 'busybox md5sum >${directory}/received'
cat ${directory}/received`;

const listening = `until busybox netstat -ltn | grep -q :${port}; do busybox usleep 50000; done`;

// Random data that is repeated: a guest is too slow to make more of it.
const send = (directory: string, address: string, mebibytes: number): string => `
head -c 1048576 /dev/urandom >${directory}/block
for block in $(seq ${mebibytes}); do cat ${directory}/block; done >${directory}/data
md5sum <${directory}/data
busybox nc ${address} ${port} -e busybox cat ${directory}/data
rm ${directory}/data`;

/** Sends data over TCP from the host to an address of the guest. */
export function sendToGuest(host: Host, guest: GuestEnd, address: string, mebibytes: number): Promise<Transfer> {
  return transfer(hostEnd(host), guestEnd(guest), address, mebibytes);
}

/** Sends data over TCP from the guest to an address of the host. */
export function sendToHost(host: Host, guest: GuestEnd, address: string, mebibytes: number): Promise<Transfer> {
  return transfer(guestEnd(guest), hostEnd(host), address, mebibytes);
}

/** Sends data over TCP from one guest to an address of another. */
export function sendBetween(from: GuestEnd, to: GuestEnd, address: string, mebibytes: number): Promise<Transfer> {
  return transfer(guestEnd(from), guestEnd(to), address, mebibytes);
}

function hostEnd(host: Host): End {
  return { directory: host.directory, run: (script) => host.sh(script) };
}

function guestEnd(guest: GuestEnd): End {
  return { directory: '/tmp', run: (script) => guest.text(script, 120) };
}

async function transfer(from: End, to: End, address: string, mebibytes: number): Promise<Transfer> {
  const received = to.run(receive(to.directory));
  await to.run(listening);
  const sent = await from.run(send(from.directory, address, mebibytes));
  return { sent: sum(sent), received: sum(await received) };
}

function sum(output: string): string {
  return output.split(' ')[0]!;
}
