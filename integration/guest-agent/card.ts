import type { Shell } from './shell.ts';

/** How long the agent waits for a card (`hotplug_timeout`), in hundredths of a second. */
const patience = 300;

/**
 * Waits until the card at a PCI place has an interface: slots from the root on, such as `02/1e`. Does not wait for an
 * empty path. Throws the agent's own message.
 */
export async function awaitCard(guest: Shell, devicePath: string): Promise<void> {
  if (devicePath === '') return;
  const slots = devicePath.split('/');
  if (!slots.every((slot) => /^[01][0-9a-f](\.[0-7])?$/.test(slot))) {
    throw new Error(`Invalid PCI path for network interface: "${devicePath}"`);
  }
  const [last = '', ...bridges] = slots.map((slot) => (slot.includes('.') ? slot : `${slot}.0`)).reverse();
  const { exitCode, output } = await guest.sh(`
    root=/sys/devices/pci0000:00 bus=0000:00 way= element=0
    for slot in ${bridges.reverse().join(' ')}; do
      way=$way/$bus:$slot
      next=$(ls "$root$way/pci_bus" 2>/dev/null)
      [ -n "$next" ] || { echo "$element $bus:$slot $root$way"; exit 1; }
      bus=$next element=$((element + 1))
    done
    way=$way/$bus:${last}
    now() { read -r seconds rest </proc/uptime; echo "\${seconds%.*}\${seconds#*.}"; }
    end=$(($(now) + ${patience}))
    until ls -d "$root$way"/net/* "$root$way"/*/net/* 2>/dev/null | grep -q .; do
      [ "$(now)" -lt "$end" ] || { echo "$way"; exit 2; }
      usleep 20000 2>/dev/null || sleep 0.02
    done`);
  if (exitCode === 0) return;
  const where = output.trim();
  if (exitCode === 2) {
    const matcher = `NetPciMatcher { devpath: "/devices/pci0000:00${where}" }`;
    throw new Error(`interface not available: Timeout after 3s waiting for uevent ${matcher}`);
  }
  const [element = '', device = '', bridge = ''] = where.split(' ');
  throw new Error(
    `interface not available: failed to resolve next bus for PCI path element ${element} (device ${device}) under root ` +
      `/sys/devices/pci0000:00\n\nCaused by:\n    0: bridge "${bridge}" has no pci_bus directory; fallback to child device ` +
      'scan failed\n    1: failed to infer downstream bus',
  );
}
