import { type Guest, untilCarries } from '../guest/guest.ts';
import { type AgentRequest, interfaceRequests, networkRequests } from './agent-requests.ts';
import type { DanDevice } from './document.ts';
import { missingIn, printCommands } from './kept.ts';

/**
 * Configures a guest's interfaces from a DAN file's `network_info` alone, as Kata's guest agent does. Throws for what
 * the guest's kernel refuses, and for what the guest does not have in the end.
 */
export async function configureGuest(guest: Guest, devices: readonly DanDevice[]): Promise<void> {
  for (const device of devices) await updateInterface(guest, device);
  for (const request of networkRequests(devices)) await ip(guest, request);
  for (const device of devices) await awaitUse(guest, device);
  const print = async (commands: readonly string[]): Promise<[]> => {
    const lists = await Promise.all(commands.map((command) => list(guest, command)));
    return lists.flatMap((text) => JSON.parse(text === '' ? '[]' : text) as []) as [];
  };
  const { links, neighbors, routes } = printCommands;
  const printed = { links: await print(links), neighbors: await print(neighbors), routes: await print(routes) };
  const missing = missingIn(printed, devices);
  if (missing.length > 0) throw new Error(`the guest does not have all that its file says:\n${missing.join('\n')}`);
}

// A list that changes while `ip` reads it is read again.
async function list(guest: Guest, command: string): Promise<string> {
  const text = await guest.text(command);
  return text.includes('Dump was interrupted') ? await list(guest, command) : text;
}

async function updateInterface(guest: Guest, device: DanDevice): Promise<void> {
  const { name } = device;
  const link = await findLink(guest, device);
  const taken = link !== name && (await guest.sh(`ip link show dev ${quote(name)}`)).exitCode === 0;
  if (taken) await ip(guest, { device, args: ['link', 'set', 'dev', name, 'name', `${name}_temp`] });
  for (const request of interfaceRequests(device, link)) await ip(guest, request);
  // The agent swaps the names of two interfaces: the one that had our name gets our old one.
  if (taken) await ip(guest, { device, args: ['link', 'set', 'dev', `${name}_temp`, 'name', link] });
}

/** Finds the interface with the device's MAC, under the name from the guest's kernel. It may not have appeared yet. */
async function findLink(guest: Guest, { name, mac }: DanDevice): Promise<string> {
  const wanted = mac.toLowerCase();
  const { exitCode, output } = await guest.sh(`
    for attempt in $(seq 100); do
      for link in /sys/class/net/*; do
        if [ "$(cat "$link/address")" = ${quote(wanted)} ]; then basename "$link"; exit; fi
      done
      usleep 100000
    done
    ip -brief link; exit 1`);
  if (exitCode === 0) return output.trim();
  throw new Error(
    `no interface with MAC ${wanted}, for ${name}, appeared in the guest within 10 s; it has:\n${output}`,
  );
}

/**
 * Waits until an interface accepts frames and its IPv6 addresses can be used. Kata's agent sets the addresses without
 * `nodad` and waits for neither, so a workload may lose its first packets or find an address tentative. A test must not,
 * and a duplicate address in the guest is an error here.
 */
async function awaitUse(guest: Guest, { name }: DanDevice): Promise<void> {
  const { exitCode, output } = await guest.sh(`
    ${untilCarries(name)}
    for attempt in $(seq 100); do
      duplicates=$(ip -6 address show dev ${quote(name)} dadfailed)
      if [ -n "$duplicates" ]; then echo "duplicate address: $duplicates"; exit 1; fi
      [ -n "$(ip -6 address show dev ${quote(name)} tentative)" ] || exit 0
      usleep 100000
    done
    ip -6 address show dev ${quote(name)} tentative; exit 1`);
  if (exitCode !== 0) throw new Error(`${name} in the guest has IPv6 addresses that cannot be used: ${output}`);
}

async function ip(guest: Guest, { device, args }: AgentRequest): Promise<void> {
  const { exitCode, output } = await guest.sh(`ip ${args.map(quote).join(' ')}`);
  if (exitCode === 0) return;
  throw new Error(
    `the guest's kernel refuses, for ${device.name} on ${onHost(device)}: ip ${args.join(' ')}: ${output.trim()}`,
  );
}

function onHost({ backend }: DanDevice): string {
  return backend.type === 'host-tap' ? `tap ${backend.name}` : `socket ${backend.path}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
