import { describe, expect, it } from 'vitest';

import { readGo } from '../../src/reader/go.ts';
import { readRuntimeRs } from '../../src/reader/runtime-rs.ts';
import type { Refusal, TakenDevice } from '../../src/reader/verdict.ts';
import { fileWith, mac, tap, vfio } from './file-with.ts';
import { reasonsText } from './reasons.ts';
import { recordedAnswers } from './recorded-answers.ts';

function onlyDevice(text: string): TakenDevice {
  const reading = readRuntimeRs(text);
  if (!reading.accepted) throw new Error(reasonsText(reading.refusals));
  return reading.devices[0]!;
}

function goDevices(text: string): unknown {
  const reading = readGo(text);
  return reading.accepted ? reading.devices : reasonsText(reading.refusals);
}

/** Why runtime-rs refuses a text; undefined if it accepts it. */
function refusalOf(text: string): string | undefined {
  const reading = readRuntimeRs(text);
  return reading.accepted ? undefined : reasonsText(reading.refusals);
}

// serde_json 1.0.87 and Go 1.19's encoding/json were used to find out which of these texts are refused.
describe('files beyond the recorded ones, runtime-rs', () => {
  it.each([
    ['[null, []]', undefined],
    ['[null]', 'devices: it is missing, and required'],
    ['{"devices": [], "devices": []}', 'devices: the key is there twice'],
    ['{"devices": [], "Devices": 1}', undefined],
    ['{"devices": [1]}', 'devices[0]: it is the number 1, and must be an object'],
    ['{"devices": [1], "netns": nul', 'it is not JSON: a value is expected at line 1, character 27'],
    ['{"devices": [],}', 'it is not JSON: a key in quotes is expected at line 1, character 16'],
    ['{"devices": []', 'it is not JSON: "," or "}" is expected at line 1, character 15'],
    ['{"netns": "é", "x": "é", "devices": -0}', 'devices: it is the number -0, and must be a list'],
    ['{"devices": 01}', 'it is not JSON: "," or "}" is expected at line 1, character 14'],
    ['{"devices":\n [}', 'it is not JSON: a value is expected at line 2, character 3'],
    ['{"devices": [], "x": 1e999}', undefined],
    ['{"devices": 1e999}', 'devices: it is the number 1e999, and must be a list'],
    ['{"devices": [], "x": "\\ud800"}', undefined],
    ['{"devices": [], "\\ud800": 1}', 'it has an escape of half a character (an unpaired surrogate)'],
    ['{"netns": 1, "devices": 2}', expect.stringMatching(/^netns: .*; devices: /)],
  ])('runtime-rs judges %s', (text, expected) => {
    expect(refusalOf(text)).toEqual(expected);
  });

  const wanted = 'and must be a whole number, 0 or more, of 64 bits';

  it.each([
    [{ ...tap, queue_num: 2 ** 64 }, `.queue_num: it is the number 18446744073709552000, ${wanted}`],
    [{ ...tap, queue_size: true }, `.queue_size: it is true or false, ${wanted}`],
    [{ type: 'vhost-user' }, '.path: it is missing, and required'],
    [
      vfio,
      '.type: the reader takes devices of type host-tap or vhost-user, not "vfio"; only Kata’s Go runtime takes vfio devices',
    ],
    ['tap0', ': it is the text "tap0", and must be an object'],
    [['host-tap', 'tap0', 1, 2, 3], ': it is a list of more than 4 values'],
  ])('runtime-rs refuses the device %j', (device, expected) => {
    expect(refusalOf(fileWith(device as object))).toBe(`devices[0].device${expected}`);
  });

  it.each([
    ['a number that no float holds', '1e999', 'devices[0].device.x: its number is too large'],
    ['half a character', '"\\ud800"', 'devices[0].device.x: it has an escape of half a character'],
    ['deep nesting', `${'['.repeat(124)}${']'.repeat(124)}`, 'it is nested more than 127 levels deep'],
  ])('runtime-rs refuses %s in a key of a device that it does not know', (_, value, expected) => {
    expect(refusalOf(fileWith({ ...tap, x: 0 }).replace('"x":0', `"x":${value}`))).toContain(expected);
    const within = `${'['.repeat(123)}${']'.repeat(123)}`;
    expect(refusalOf(fileWith({ ...tap, x: 0 }).replace('"x":0', `"x":${within}`))).toBeUndefined();
  });

  it.each(['[', '{"a":'])('a reader refuses a file of 300,000 times %s, and names the limit', (opening) => {
    const text = `{"devices":[${opening.repeat(300_000)}`;
    for (const reading of [readRuntimeRs(text), readGo(text)]) {
      expect(reading).toEqual({
        accepted: false,
        refusals: [{ where: '', why: 'it is nested more than 127 levels deep' }],
      });
    }
  });

  it('runtime-rs takes a list for a device, by position', () => {
    expect(onlyDevice(fileWith(['host-tap', 'tap0', 2])).device).toEqual({ type: 'host-tap', tap_name: 'tap0' });
  });

  it('runtime-rs takes a vhost-user device, whose MAC must be in pairs of digits', () => {
    const device = { type: 'vhost-user', path: '/run/s', queue_num: 2, queue_size: 512, tap_name: 7 };
    expect(onlyDevice(fileWith(device))).toMatchObject({
      device: { type: 'vhost-user', path: '/run/s' },
      queue_pairs: 2,
      queue_size: 512,
      vmm_mac_ok: true,
    });
    expect(onlyDevice(fileWith(device, {}, { guest_mac: '2:1:2:3:4:5' })).vmm_mac_ok).toBe(false);
  });

  it('runtime-rs leaves the queue pairs to the configuration, and counts one at least', () => {
    const pairs = [0, 4].map((queues) => readRuntimeRs(fileWith(tap), queues));
    expect(pairs).toMatchObject([{ devices: [{ queue_pairs: 1 }] }, { devices: [{ queue_pairs: 4 }] }]);
  });

  it('runtime-rs drops loopback addresses, routes without a family and neighbors that are not permanent', () => {
    const { addresses, dropped } = onlyDevice(
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
    expect(dropped.map(({ name, where }) => `${where}: ${name}`)).toEqual([
      'devices[0].network_info.interface.ip_addresses[0]: "127.0.0.1/8"',
      'devices[0].network_info.interface.ip_addresses[1]: "::1/128"',
      'devices[0].network_info.routes[0]: the route to "default"',
      'devices[0].network_info.routes[1]: the route to "10.1.0.0"',
      'devices[0].network_info.routes[2]: the route to ""',
      'devices[0].network_info.neighbors[0]: the neighbor 10.0.0.1/32',
      'devices[0].network_info.neighbors[1]: the neighbor ',
    ]);
  });

  it('runtime-rs takes a bare source for a source prefix, and a prefix of 0 for a preferred source', () => {
    const routes = ['10.0.0.5', '10.0.0.5/255.255.0.0', '10.0.0.5/0', 'fd00::5'].map((source) => ({
      dest: '10.1.0.0/16',
      source,
    }));
    const device = onlyDevice(fileWith(tap, { routes }));
    expect(recordedAnswers(device).routes).toMatchObject([
      { ok: { src: 'RTA_SRC 10.0.0.5/32' } },
      { ok: { src: 'RTA_SRC 10.0.0.5/16' } },
      { ok: { src: 'RTA_PREFSRC 10.0.0.5' } },
      { error: 'the source "fd00::5" is not an IPv4 address or network' },
    ]);
    expect(device.altered.map(({ where }) => where)).toEqual([
      'devices[0].network_info.routes[0]',
      'devices[0].network_info.routes[1]',
    ]);
    expect(device.routes[0]).toEqual({
      ...{ dest: '10.1.0.0/16', gateway: '', source: '10.0.0.5', scope: 0, flags: 0, mtu: 0 },
      ...{ where: 'devices[0].network_info.routes[0]', family: 4 },
    });
  });
});

describe('files beyond the recorded ones, Go', () => {
  it.each([
    ['{"devices": 1}', 'devices: it is the number 1, and must be a list'],
    ['{"DEVICE\u017f": true}', 'devices: it is true or false, and must be a list'],
    ['{"devices": [1], "netns": nul}', 'it is not JSON: a value is expected at line 1, character 27'],
    ['{"devices": -', 'it is not JSON: a value is expected at line 1, character 13'],
    ['{"netns": "\n"}', expect.stringMatching(/^it is not JSON: there is a text .* at line 1, character 11$/)],
  ])('Go judges %s', (text, expected) => {
    expect(goDevices(text)).toEqual(expected);
  });

  it('Go refuses every fault of a file at once, each at its place', () => {
    const info = { interface: { ip_addresses: ['10.0.0.5'] }, routes: [{ dest: 'default' }], neighbors: [{}] };
    const { refusals } = readGo(fileWith(tap, info, { guest_mac: '' })) as Refusal;
    expect(refusals.map(({ where }) => where)).toEqual([
      'devices[0].device.type',
      'devices[0].guest_mac',
      'devices[0].network_info.interface.ip_addresses[0]',
      'devices[0].network_info.routes[0]',
      'devices[0].network_info.neighbors[0].hardware_addr',
    ]);
  });

  it('Go says which key is there twice, and what of a route is left out', () => {
    const twice = readGo('{"netns": "a", "Netns": "b"}');
    expect(twice).toMatchObject({ altered: [{ where: 'netns' }] });
    const routes = [{ dest: '10.1.0.0/16', gateway: '10.0.0.1/24', source: 'x' }];
    expect(goDevices(fileWith(vfio, { routes }))).toMatchObject([
      {
        altered: [
          { where: 'devices[0].network_info.routes[0].gateway' },
          { where: 'devices[0].network_info.routes[0].source' },
        ],
      },
    ]);
  });

  it('Go decodes a repeated list into the elements of the first', () => {
    const [entry, name] = [fileWith(vfio).slice(0, -1), '"Devices": [{"name": "eth9"}]}'];
    expect(goDevices(`${entry}, ${name}`)).toMatchObject([{ guest_name: 'eth9', guest_mac: mac, device: vfio }]);
  });

  it('Go sorts devices by name', () => {
    const devices = ['eth1', 'eth0'].map((name) => ({ name, guest_mac: mac, device: vfio }));
    expect(goDevices(JSON.stringify({ devices }))).toMatchObject([{ guest_name: 'eth0' }, { guest_name: 'eth1' }]);
  });

  it('Go sends a reachable neighbor only for the gateway of a default route', () => {
    const neighbors = ['10.0.0.1', '10.0.0.2'].map((ip_address) => ({ ip_address, hardware_addr: mac, state: 2 }));
    const routes = [{ dest: '0.0.0.0/0', gateway: '10.0.0.1' }];
    expect(goDevices(fileWith(vfio, { routes, neighbors }))).toMatchObject([
      { neighbors: [{ ip: '10.0.0.1', state: 2 }], dropped: [{ name: 'the neighbor 10.0.0.2' }] },
    ]);
  });

  it('Go masks destinations and keeps sources that are bare', () => {
    const routes = [{ dest: '10.1.2.3/16', gateway: '10.0.0.1', source: '10.0.0.5', scope: 509 }];
    expect(goDevices(fileWith(vfio, { routes }))).toMatchObject([
      { routes: [{ dest: '10.1.0.0/16', family: 4, gateway: '10.0.0.1', scope: 253, source: '10.0.0.5' }] },
    ]);
  });
});
