/** A device that runtime-rs takes. */
export const tap = { type: 'host-tap', tap_name: 'tap0' };

/** A device that Kata's Go runtime takes. */
export const vfio = { type: 'vfio', pci_device_id: '0000:85:02.5' };

/** The MAC of the device in {@link fileWith}. */
export const mac = '02:11:22:33:44:55';

/** The text of a file with one device; `info` is added beside an interface with one address. */
export function fileWith(device: object, info: object = {}, entry: object = {}): string {
  const network_info = { interface: { ip_addresses: ['10.0.0.5/24'], mtu: 1400 }, ...info };
  return JSON.stringify({ netns: null, devices: [{ name: 'eth0', guest_mac: mac, device, network_info, ...entry }] });
}
