import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readGo } from '../../src/reader/go.ts';
import { guestKernelRefusals } from '../../src/reader/guest-kernel.ts';
import { readRuntimeRs, type RuntimeRsDevice } from '../../src/reader/runtime-rs.ts';

const tap = { type: 'host-tap', tap_name: 'tap0' };
const vfio = { type: 'vfio', pci_device_id: '0000:85:02.5' };
const mac = '02:11:22:33:44:55';

/** The text of a file with one device; `info` goes beside an interface with one address. */
function fileWith(device: object, info: object = {}, entry: object = {}): string {
  const network_info = { interface: { ip_addresses: ['10.0.0.5/24'], mtu: 1400 }, ...info };
  return JSON.stringify({ netns: null, devices: [{ name: 'eth0', guest_mac: mac, device, network_info, ...entry }] });
}

function onlyDevice(text: string): RuntimeRsDevice {
  const reading = readRuntimeRs(text);
  if (!reading.accepted) throw new Error(reading.error);
  return reading.devices[0]!;
}

function goDevices(text: string): unknown {
  const reading = readGo(text);
  return reading.accepted ? reading.devices : reading.error;
}

// The messages were made with serde_json 1.0.87 and Go 1.19's encoding/json from the structs of both readers.
describe('files beyond the recorded ones, runtime-rs', () => {
  it.each([
    ['[null, []]', undefined],
    ['[null]', 'invalid length 1, expected struct DanConfig with 2 elements at line 1 column 6'],
    ['{"devices": [], "devices": []}', 'duplicate field `devices` at line 1 column 25'],
    ['{"devices": [], "Devices": 1}', undefined],
    ['{"devices": [1], "netns": nul', 'invalid type: integer `1`, expected struct DanDevice at line 1 column 14'],
    ['{"devices": [],}', 'trailing comma at line 1 column 16'],
    ['{"devices": []', 'EOF while parsing an object at line 1 column 14'],
    [
      '{"netns": "é", "x": "é", "devices": -0}',
      'invalid type: floating point `-0`, expected a sequence at line 1 column 40',
    ],
    ['{"devices": 01}', 'invalid number at line 1 column 14'],
    ['{"devices":\n [}', 'expected value at line 2 column 3'],
    ['{"devices": [], "x": 1e999}', undefined],
    ['{"devices": 1e999}', 'number out of range at line 1 column 17'],
  ])('%s', (text, error) => {
    const reading = readRuntimeRs(text);
    expect(reading.accepted ? undefined : reading.error).toBe(
      error === undefined ? undefined : `Invalid DAN config: ${error}`,
    );
  });

  it.each([
    [{ ...tap, queue_num: 2 ** 64 }, 'invalid type: floating point `18446744073709552000`, expected usize'],
    [{ ...tap, queue_size: true }, 'invalid type: boolean `true`, expected usize'],
    [{ type: 'vhost-user' }, 'missing field `path`'],
    [vfio, 'unknown variant `vfio`, expected `vhost-user` or `host-tap`'],
    ['tap0', 'invalid type: string "tap0", expected internally tagged enum Device'],
  ])('refuses the device %j', (device, error) => {
    const reading = readRuntimeRs(fileWith(device as object));
    expect(reading.accepted || reading.error.replace(/ at line .*/, '')).toBe(`Invalid DAN config: ${error}`);
  });

  it('takes a vhost-user device, whose MAC must be in pairs of digits', () => {
    const device = { type: 'vhost-user', path: '/run/s', queue_num: 2, queue_size: 512, tap_name: 7 };
    expect(onlyDevice(fileWith(device))).toMatchObject({
      device: { type: 'vhost-user', path: '/run/s' },
      queue_pairs: 2,
      queue_size: 512,
      vmm_mac_ok: true,
    });
    expect(onlyDevice(fileWith(device, {}, { guest_mac: '2:1:2:3:4:5' })).vmm_mac_ok).toBe(false);
  });

  it('leaves the queue pairs to the configuration, and counts one at least', () => {
    const pairs = [0, 4].map((queues) => readRuntimeRs(fileWith(tap), queues));
    expect(pairs).toMatchObject([{ devices: [{ queue_pairs: 1 }] }, { devices: [{ queue_pairs: 4 }] }]);
  });

  it('drops loopback addresses, routes without a family and neighbors that are not permanent', () => {
    const { addresses, silently_dropped } = onlyDevice(
      fileWith(tap, {
        interface: { ip_addresses: ['127.0.0.1/8', '::1/128', '1:0:0:2::3/64'] },
        routes: [{ dest: 'default', gateway: '10.0.0.1' }, { dest: '10.1.0.0' }, {}],
        neighbors: [
          { ip_address: '10.0.0.1/32', state: 0 },
          { ip_address: null, state: 2 },
        ],
      }),
    );
    expect(addresses).toEqual(['1:0:0:2::3/64']);
    expect(silently_dropped).toEqual({ ip_addresses: 2, neighbors_not_permanent: 2, routes: 3 });
  });

  it('takes a bare source for a source prefix, and a prefix of 0 for a preferred source', () => {
    const routes = ['10.0.0.5', '10.0.0.5/255.255.0.0', '10.0.0.5/0', 'fd00::5'].map((source) => ({
      dest: '10.1.0.0/16',
      source,
    }));
    const device = onlyDevice(fileWith(tap, { routes }));
    expect(device.guest_agent.routes.map((answer) => ('ok' in answer ? answer.ok.src : answer.error))).toEqual([
      'RTA_SRC 10.0.0.5/32',
      'RTA_SRC 10.0.0.5/16',
      'RTA_PREFSRC 10.0.0.5',
      'source: invalid address: fd00::5',
    ]);
    expect(device.routes[0]).toEqual({
      ...{ dest: '10.1.0.0/16', gateway: '', source: '10.0.0.5', scope: 0, flags: 0, mtu: 0 },
      ...{ device: 'eth0', family: 4 },
    });
  });
});

describe('files beyond the recorded ones, Go', () => {
  it.each([
    [
      '{"devices": 1}',
      'json: cannot unmarshal number into Go struct field DanConfig.devices of type []vctypes.DanDevice',
    ],
    [
      '{"DEVICE\u017f": true}',
      'json: cannot unmarshal bool into Go struct field DanConfig.devices of type []vctypes.DanDevice',
    ],
    ['{"devices": [1], "netns": nul}', "invalid character '}' in literal null (expecting 'l')"],
    ['{"devices": -', "invalid character ' ' in numeric literal"],
    ['{"netns": "\n"}', "invalid character '\\n' in string literal"],
  ])('%s', (text, error) => {
    expect(goDevices(text)).toBe(`fail to unmarshal DAN config: ${error}`);
  });

  it('decodes a repeated list into the elements of the first', () => {
    const [entry, name] = [fileWith(vfio).slice(0, -1), '"Devices": [{"name": "eth9"}]}'];
    expect(goDevices(`${entry}, ${name}`)).toMatchObject([
      { name: 'eth9', hwaddr: mac, pci_device_id: '0000:85:02.5' },
    ]);
  });

  it('sorts devices by name', () => {
    const devices = ['eth1', 'eth0'].map((name) => ({ name, guest_mac: mac, device: vfio }));
    expect(goDevices(JSON.stringify({ devices }))).toMatchObject([{ name: 'eth0' }, { name: 'eth1' }]);
  });

  it('sends a reachable neighbor only for the gateway of a default route', () => {
    const neighbors = ['10.0.0.1', '10.0.0.2'].map((ip_address) => ({ ip_address, hardware_addr: mac, state: 2 }));
    const routes = [{ dest: '0.0.0.0/0', gateway: '10.0.0.1' }];
    expect(goDevices(fileWith(vfio, { routes, neighbors }))).toMatchObject([
      { add_arp_neighbors: [{ ip: '10.0.0.1', state: 2 }], dropped_neighbors: 1 },
    ]);
  });

  it('masks destinations and keeps sources that are bare', () => {
    const routes = [{ dest: '10.1.2.3/16', gateway: '10.0.0.1', source: '10.0.0.5', scope: 509 }];
    expect(goDevices(fileWith(vfio, { routes }))).toMatchObject([
      { update_routes: [{ dest: '10.1.0.0/16', family: 2, gateway: '10.0.0.1', scope: 253, source: '10.0.0.5' }] },
    ]);
  });
});

describe('the guest kernel', () => {
  it('refuses what the agent passes on to it, and only that', () => {
    const refused = onlyDevice(
      fileWith(tap, {
        interface: { ip_addresses: [], mtu: 67 },
        routes: [
          { dest: '10.1.0.5/16', gateway: '10.0.0.1' },
          { dest: '10.2.0.0/16', gateway: '10.0.0.1', scope: 253 },
          { dest: 'fd01::5/64', gateway: 'fd00::1', scope: 253 },
        ],
        neighbors: [{ ip_address: '10.0.0.9/32', state: 128 }],
      }),
    );
    expect(guestKernelRefusals(refused)).toEqual([
      'mtu 67: less than device minimum',
      'route 10.1.0.5/16: invalid prefix for given prefix length',
      'route 10.2.0.0/16: nexthop has invalid scope',
      'neighbor 10.0.0.9: no link layer address given',
    ]);
    const routes = [{ dest: '169.254.1.1/32', scope: 253 }, { gateway: '169.254.1.1' }];
    expect(guestKernelRefusals(onlyDevice(fileWith(tap, { routes })))).toEqual([]);
  });
});

describe('any text', () => {
  it('is refused by serde_json for an unpaired surrogate, which Go replaces', () => {
    const text = fileWith(vfio).replace('eth0', '\\ud800');
    expect(readRuntimeRs(text)).toMatchObject({ error: expect.stringContaining('surrogate') as string });
    expect(goDevices(text)).toMatchObject([{ name: '\ufffd' }]);
  });

  it('gets a reading from both readers, and is refused by one of them if it has a device', () => {
    const sound = fileWith(tap, { routes: [{ dest: '10.1.0.0/16' }] });
    const damaged = fc
      .tuple(fc.nat(sound.length), fc.nat(9), fc.string({ maxLength: 3 }))
      .map(([at, length, text]) => sound.slice(0, at) + text + sound.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), damaged), (text) => {
        const [rust, go] = [readRuntimeRs(text), readGo(text)];
        expect(rust.accepted && rust.devices.length > 0 && go.accepted && go.devices.length > 0).toBe(false);
      }),
    );
  });
});
