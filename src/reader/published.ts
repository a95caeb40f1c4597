import type { FileDevice } from './format.ts';
import { read, type Reader } from './reader.ts';
import type { PluggedDevice, Verdict } from './verdict.ts';

/**
 * How an unknown reader of the format as it was first published treats the text of a DAN file. What it would drop or
 * alter is not known, nor how it uses a route's source.
 */
export function readPublished(text: string): Verdict {
  return read(text, published);
}

const published: Reader = {
  name: 'generic',
  device: ({ guest_mac, device }) => ({
    ...{ guest_mac, vmm_mac_ok: true, flags: 0 },
    ...{ queue_num: device.queue_num, queue_pairs: device.queue_num, queue_size: device.queue_size },
    device: targetOf(device),
  }),
  address: (text) => text,
  route: (route, where) => {
    const family = `${route.dest}${route.gateway}`.includes(':') ? 6 : 4;
    return { ...route, where, family, source: '' };
  },
  neighbor: ({ ip_address, hardware_addr: lladdr, state, flags }, where) => {
    const [ip = null] = ip_address?.split('/') ?? [];
    return { where, ip, lladdr, state, flags };
  },
  neighborAddress: 'an address',
};

function targetOf({ type, path, pci_device_id, tap_name }: FileDevice['device']): PluggedDevice['device'] {
  if (type === 'vfio') return { type, pci_device_id };
  return type === 'host-tap' ? { type, tap_name } : { type: 'vhost-user', path };
}
