import { type Guest, untilCarries } from '../guest/guest.ts';
import { type AgentRequest, linkRequests, networkRequests } from './agent-requests.ts';
import type { DanDevice } from './document.ts';
import { missingIn, type Printed, printScript, readPrinted } from './kept.ts';

// A program takes a tenth of a second to start in an emulated guest, and so does each script: there are as few as can be.

/**
 * Configures a guest's interfaces from a DAN file's `network_info` alone, as Kata's guest agent does. Throws for what
 * the guest's kernel refuses, and for what the guest does not have in the end.
 */
export async function configureGuest(guest: Guest, devices: readonly DanDevice[]): Promise<void> {
  const names = await findLinks(guest, devices);
  await request(guest, [...linkRequests(devices, names), ...networkRequests(devices)]);
  await awaitUse(guest, devices);
  const missing = missingIn(await print(guest), devices);
  if (missing.length > 0) throw new Error(`the guest does not have all that its file says:\n${missing.join('\n')}`);
}

async function print(guest: Guest): Promise<Printed> {
  return readPrinted(await guest.text(printScript)) ?? (await print(guest));
}

/**
 * Finds the interfaces with the devices' MACs, which may not have appeared yet. Returns the names that the guest's kernel
 * gave to all of its links, by MAC.
 */
async function findLinks(guest: Guest, devices: readonly DanDevice[]): Promise<ReadonlyMap<string, string>> {
  const { exitCode, output } = await guest.sh(`
    for attempt in $(seq 100); do
      found=
      for link in /sys/class/net/*; do
        read -r address <"$link/address"
        found="$found$address \${link##*/}
"
      done
      missing=
      for mac in ${devices.map(({ mac }) => quote(mac.toLowerCase())).join(' ')}; do
        case "$found" in *"$mac "*) ;; *) missing=$mac ;; esac
      done
      if [ -z "$missing" ]; then echo "$found"; exit; fi
      usleep 100000
    done
    echo "$missing"; ip -brief link; exit 1`);
  const [first = '', ...lines] = output.trim().split('\n');
  if (exitCode === 0) return new Map([first, ...lines].map((line) => line.split(' ') as [string, string]).reverse());
  const { name } = devices.find(({ mac }) => mac.toLowerCase() === first) ?? { name: 'a device' };
  throw new Error(
    `no interface with MAC ${first}, for ${name}, appeared in the guest within 10 s; it has:\n${lines.join('\n')}`,
  );
}

/**
 * Waits until the interfaces accept frames and their IPv6 addresses can be used. Kata's agent sets the addresses without
 * `nodad` and waits for neither, so a workload may lose its first packets or find an address tentative. A test must not,
 * and a duplicate address in the guest is an error here.
 */
async function awaitUse(guest: Guest, devices: readonly DanDevice[]): Promise<void> {
  // Flags of include/uapi/linux/if_addr.h: 8 is IFA_F_DADFAILED, 64 is IFA_F_TENTATIVE.
  const { exitCode, output } = await guest.sh(`
    ${devices.map(({ name }) => untilCarries(name)).join('\n')}
    for attempt in $(seq 100); do
      tentative=
      while read -r address index prefix scope flags name; do
        if [ $((0x$flags & 8)) != 0 ]; then echo "duplicate address: $(ip -6 address show dadfailed)"; exit 1; fi
        [ $((0x$flags & 64)) = 0 ] || tentative=yes
      done </proc/net/if_inet6
      [ -n "$tentative" ] || exit 0
      usleep 100000
    done
    ip -6 address show tentative; exit 1`);
  if (exitCode !== 0) throw new Error(`the guest has IPv6 addresses that cannot be used: ${output}`);
}

/** What `ip` reads as one word of a line. */
const word = /^[^\s'"\\#]+$/;

/** How many requests one script takes: it must fit into the buffers of the guest's serial port. */
const most = 100;

async function request(guest: Guest, requests: readonly AgentRequest[]): Promise<void> {
  const strange = requests.flatMap(({ args }) => args).find((arg) => !word.test(arg));
  if (strange !== undefined) throw new Error(`this reader cannot hand ${JSON.stringify(strange)} to the guest's ip`);
  const some = requests.slice(0, most);
  if (some.length === 0) return;
  const { exitCode, output } = await guest.sh(`ip -batch - <<'END'\n${some.map(textOf).join('\n')}\nEND`);
  if (exitCode !== 0) throw new Error(refusal(some, output.trim()));
  await request(guest, requests.slice(most));
}

function refusal(requests: readonly AgentRequest[], output: string): string {
  const number = /Command failed -:(\d+)/.exec(output)?.[1];
  const refused = number === undefined ? requests : requests.slice(Number(number) - 1, Number(number));
  const lines = refused.map((one) => `for ${one.device.name} on ${onHost(one.device)}: ip ${textOf(one)}`);
  return `the guest's kernel refuses, ${lines.join('; or ')}: ${output}`;
}

function textOf({ args }: AgentRequest): string {
  return args.join(' ');
}

function onHost({ backend }: DanDevice): string {
  return backend.type === 'host-tap' ? `tap ${backend.name}` : `socket ${backend.path}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
