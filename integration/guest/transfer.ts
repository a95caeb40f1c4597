import type { Host } from '../harness/host.ts';
import type { GuestShell } from './shell.ts';

/** MD5 sums of what went into a TCP connection and of what came out. */
export interface Transfer {
  readonly sent: string;
  readonly received: string;
}

/** What a transfer needs of a guest; a {@link Guest} has it, and so has a {@link GuestShell}. */
type GuestEnd = Pick<GuestShell, 'text'>;

const port = 5001;

// MD5 because an emulated processor needs twice the time for SHA-256.
// nc gives up as soon as either side has nothing more to send: the receiver must seem to have something. Without
// `busybox` in front it would be another nc on the host.
const receive = (directory: string): string => `
rm -f ${directory}/idle; mkfifo ${directory}/idle
busybox nc -l -p ${port} <>${directory}/idle | md5sum`;

const listening = `until busybox netstat -ltn | grep -q :${port}; do busybox usleep 50000; done`;

// Random, then repeated: a guest has no time to make more of it.
const send = (directory: string, address: string, mebibytes: number): string => `
head -c 1048576 /dev/urandom >${directory}/block
for block in $(seq ${mebibytes}); do cat ${directory}/block; done >${directory}/data
md5sum <${directory}/data
busybox nc ${address} ${port} <${directory}/data
rm ${directory}/data`;

/** Sends data over TCP from the host to an address of the guest. */
export async function sendToGuest(host: Host, guest: GuestEnd, address: string, mebibytes: number): Promise<Transfer> {
  const received = guest.text(receive('/tmp'), 120);
  await guest.text(listening);
  const sent = await host.sh(send(host.directory, address, mebibytes));
  return { sent: sum(sent), received: sum(await received) };
}

/** Sends data over TCP from the guest to an address of the host. */
export async function sendToHost(host: Host, guest: GuestEnd, address: string, mebibytes: number): Promise<Transfer> {
  const received = host.sh(receive(host.directory));
  await host.sh(listening);
  const sent = await guest.text(send('/tmp', address, mebibytes), 120);
  return { sent: sum(sent), received: sum(await received) };
}

function sum(output: string): string {
  return output.split(' ')[0]!;
}
