import * as z from 'zod/mini';
import { keyText } from '../../../config/faults.ts';
import { parseNeighborAddress } from '../../../config/values.ts';
import type { Profile } from '../../../dan/profile.ts';
import { parseInterfaceAddress, parseNetwork } from '../../../model/cidr.ts';
import { parseIp } from '../../../model/ip.ts';
import { parseMac } from '../../../model/mac.ts';
import { accept, type Parsed } from '../../../model/parsed.ts';
import { agentNeighbor, agentRoute } from '../../../reader/agent.ts';
import { parseJson } from '../../../reader/json.ts';
import type { SentDevice } from '../../../reader/guest-kernel.ts';
import { type Remark, remarksAt } from '../remark.ts';
import { deviceRemarks } from './devices.ts';
import { guestRemarks, routeText } from './guest.ts';
import { type FileReading, type ReadDevice, refused } from './reading.ts';

const string = z.string({ error: 'must be a string' });
const whole = z.int({ error: 'must be a whole number' }).check(z.gte(0, { error: 'must be 0 or more' }));
const count = z._default(whole, 0);

function checked(parse: (value: unknown) => Parsed<unknown>) {
  return string.check(({ value, issues }) => {
    const parsed = parse(value);
    if (!parsed.ok) issues.push({ code: 'custom', message: parsed.why, input: value });
  });
}

// The format has an empty text where something is left out.
function orEmpty(parse: (value: unknown) => Parsed<unknown>) {
  return z._default(
    checked((value) => (value === '' ? accept(value) : parse(value))),
    '',
  );
}

const queues = { queue_num: count, queue_size: count };

const device = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('host-tap'), tap_name: string, ...queues }),
    z.object({ type: z.literal('vhost-user'), path: string, ...queues }),
    z.object({ type: z.literal('vfio'), pci_device_id: string }),
  ],
  { error: 'must have a "type": host-tap, vhost-user or vfio' },
);

const route = z.object({
  dest: orEmpty(parseNetwork),
  gateway: orEmpty(parseIp),
  source: z._default(string, ''),
  scope: count,
  flags: count,
  mtu: count,
});

const neighbor = z.object({
  ip_address: checked(parseNeighborAddress),
  hardware_addr: orEmpty(parseMac),
  state: count,
  flags: count,
});

const entry = z.object({
  name: string,
  guest_mac: checked(parseMac),
  device,
  network_info: z.object({
    interface: z.object({ ip_addresses: z.array(checked(parseInterfaceAddress)), mtu: z._default(whole, 1500) }),
    routes: z._default(z.array(route), []),
    neighbors: z._default(z.array(neighbor), []),
  }),
});

/** The format as it was first published, for a reader that is none of Kata's. */
const published = z.object({ netns: z.nullish(string), devices: z.array(entry) });

type Entry = z.infer<typeof entry>;

/** Reads a DAN file as the format was first published. What a reader that is not known drops or adds cannot be told. */
export function readAsPublished(text: string, profile: Profile): FileReading {
  const json = parseJson(text);
  if ('fault' in json) return refused([{ where: '', why: json.fault }]);
  const parsed = published.safeParse(JSON.parse(text));
  if (!parsed.success) {
    return {
      accepted: false,
      devices: [],
      remarks: parsed.error.issues.map(({ path, message }) => remarksAt(keyText(path))('error', message)),
    };
  }
  const { devices } = parsed.data;
  return {
    accepted: true,
    devices: devices.map(toRead),
    remarks: devices.flatMap((one, at) => remarksOn(one, profile, `devices[${at}]`)),
  };
}

function remarksOn(one: Entry, profile: Profile, where: string): readonly Remark[] {
  const { name, network_info: info } = one;
  const plugged = one.device.type === 'vfio' ? undefined : sized(one.device);
  const { mtu } = info.interface;
  return [
    ...(plugged === undefined ? [] : deviceRemarks({ name, mtu, device: plugged, ...plugged }, profile, where)),
    ...guestRemarks(sentBy(one, where), where),
  ];
}

// A size that the file leaves out is the reader's to choose.
function sized<T extends { readonly queue_size: number }>(plugged: T): T {
  return plugged.queue_size === 0 ? { ...plugged, queue_size: 1 } : plugged;
}

function sentBy({ network_info: info }: Entry, where: string): SentDevice {
  const place = (list: string, at: number): string => `${where}.network_info.${list}[${at}]`;
  return {
    mtu: info.interface.mtu,
    guest_agent: {
      addresses: info.interface.ip_addresses.map((address) => ({ ok: address })),
      neighbors: info.neighbors.map(({ ip_address, hardware_addr: lladdr, state, flags }, at) =>
        agentNeighbor({ ip: withoutPrefix(ip_address), lladdr, state, flags, where: place('neighbors', at) }),
      ),
      // What a source means is the reader's business.
      routes: info.routes.map((one, at) =>
        agentRoute({
          ...one,
          source: '',
          where: place('routes', at),
          family: `${one.dest}${one.gateway}`.includes(':') ? 6 : 4,
        }),
      ),
    },
  };
}

function toRead(one: Entry): ReadDevice {
  const { guest_agent: agent, mtu } = sentBy(one, '');
  const { type } = one.device;
  const target = { 'host-tap': 'tap_name', 'vhost-user': 'path', vfio: 'pci_device_id' }[type];
  const { queue_num = 0, queue_size = 0 } = one.device.type === 'vfio' ? {} : one.device;
  return {
    name: one.name,
    mac: one.guest_mac,
    device: `${type} ${String(Object.entries(one.device).find(([key]) => key === target)?.[1])}`,
    queuePairs: queue_num === 0 ? null : queue_num,
    queueSize: queue_size === 0 ? null : queue_size,
    mtu,
    addresses: one.network_info.interface.ip_addresses,
    routes: agent.routes.flatMap((answer) => ('ok' in answer ? [routeText(answer.ok)] : [])),
    neighbors: one.network_info.neighbors.map(({ ip_address, hardware_addr }) => `${ip_address} at ${hardware_addr}`),
  };
}

function withoutPrefix(address: string): string {
  return address.replace(/\/.*$/, '');
}
