import { describe, expect, it } from 'vitest';
import type { FileReading } from '../../../src/cli/validate/dan-file/read.ts';
import { runOn, unwrapped } from './running.ts';

const tap = { type: 'host-tap', tap_name: 'dan3f9c1e7a02b', queue_num: 1 };
const vfio = { type: 'vfio', pci_device_id: '0000:85:02.5' };
const link = { ip_addresses: ['10.0.0.5/24'], mtu: 1500 };
const sound = { name: 'eth0', guest_mac: '02:11:22:33:44:55', device: tap, network_info: { interface: link } };

const fileOf = (...devices: readonly object[]) => ({ netns: null, devices });
const withInfo = (info: object, entry: object = {}) =>
  fileOf({ ...sound, ...entry, network_info: { interface: link, ...info } });

async function read(document: unknown, runtime = 'runtime-rs'): Promise<FileReading & { readonly code: number }> {
  const { code, out } = await runOn(['validate', '--json', '--runtime', runtime], document);
  return { code, ...(JSON.parse(out) as FileReading) };
}

/** The findings, without the notes. */
async function findings(document: unknown, runtime?: string): Promise<readonly string[]> {
  const { remarks } = await read(document, runtime);
  return remarks.flatMap(({ severity, text }) => (severity === 'note' ? [] : [`${severity}: ${text}`]));
}

describe('dan validate FILE with a DAN file', () => {
  it('dan validate prints what the reader takes of each device', async () => {
    const file = withInfo({
      routes: [
        { dest: '198.51.100.0/24', scope: 253 },
        { dest: '', gateway: '10.0.0.1', mtu: 1400 },
        { dest: '10.9.0.0/16', gateway: '10.9.0.1', flags: 4, source: '10.0.0.5/0' },
      ],
      neighbors: [{ ip_address: '10.0.0.9/32', hardware_addr: '02:00:00:00:00:09', state: 128 }],
    });
    const { code, devices } = await read(file);
    expect(code).toBe(0);
    expect(devices).toEqual([
      {
        name: 'eth0',
        mac: '02:11:22:33:44:55',
        device: 'host-tap dan3f9c1e7a02b',
        queuePairs: 1,
        queueSize: 256,
        mtu: 1500,
        addresses: ['10.0.0.5/24'],
        routes: [
          '198.51.100.0/24 scope link',
          '0.0.0.0/0 via 10.0.0.1 mtu 1400',
          '10.9.0.0/16 via 10.9.0.1 onlink src 10.0.0.5',
        ],
        neighbors: ['10.0.0.9 at 02:00:00:00:00:09'],
      },
    ]);
    const ran = await runOn(['validate'], file);
    expect(ran.out).toMatchInlineSnapshot(`
      "stdin: a DAN file, as Kata’s Rust runtime from 4.0 on reads it (runtime-rs)
      eth0
        device       host-tap dan3f9c1e7a02b
        MAC          02:11:22:33:44:55
        MTU          1500
        queue pairs  1, size 256
        addresses    10.0.0.5/24
        routes       198.51.100.0/24 scope link
                     0.0.0.0/0 via 10.0.0.1 mtu 1400
                     10.9.0.0/16 via 10.9.0.1 onlink src 10.0.0.5
        neighbors    10.0.0.9 at 02:00:00:00:00:09
      Nothing found: the guest gets all of it.
      "
    `);
  });

  it('dan validate warns of what the reader drops silently, and says why', async () => {
    const file = withInfo({
      interface: { ip_addresses: ['10.0.0.5/24', '10.0.0.6', 'fe80::1%eth0/64', '127.0.0.1/8', '10.0.0.7/255.0.0.0'] },
      routes: [{ dest: 'default', gateway: '10.0.0.1' }, { dest: '10.1.0.0' }],
      neighbors: [{ ip_address: '10.0.0.9/32', hardware_addr: '02:00:00:00:00:09', state: 2 }],
    });
    expect(await findings(file)).toEqual([
      'warning: "10.0.0.6" is dropped: it has no prefix length',
      'warning: "fe80::1%eth0/64" is dropped: it names a zone',
      'warning: "127.0.0.1/8" is dropped: it is of the loopback network',
      'warning: "10.0.0.7/255.0.0.0" is dropped: it is not an "ip/prefix" with a prefix in digits',
      'warning: the route to "default" is dropped: write "0.0.0.0/0" or "::/0"',
      'warning: the route to "10.1.0.0" is dropped: it has no prefix length',
      'warning: the neighbor 10.0.0.9/32 is dropped: its state is 2, and only 128 (permanent) is sent',
    ]);
    expect((await read(file)).code).toBe(1);
  });

  it.each([
    [
      { neighbors: [{ ip_address: '10.0.0.9', hardware_addr: '', state: 128 }] },
      'its ip_address must be an address with a prefix',
    ],
    [
      { routes: [{ dest: '10.1.2.3/16', gateway: '10.0.0.1' }] },
      'the route to 10.1.2.3/16 has bits set beyond the prefix, and the sandbox fails',
    ],
    [
      { routes: [{ dest: '10.1.0.0/16', gateway: '10.0.0.1', scope: 253 }] },
      'has the gateway 10.0.0.1, and scope 253 has none',
    ],
    [{ routes: [{ dest: '0.0.0.0/0', gateway: '10.9.0.1' }] }, 'the gateway 10.9.0.1, to which nothing leads'],
    [{ routes: [{ dest: '0.0.0.0/0', gateway: '10.0.0.1', source: '10.0.0.7/0' }] }, 'none of the guest'],
    [
      { routes: [{ dest: '::/0', gateway: 'fe80::1', source: 'fd00::5/0' }] },
      "which the guest's kernel refuses while the address is new",
    ],
    [{ interface: { ...link, mtu: 60 } }, 'the MTU is 60, but it must be at least 68'],
    [
      { routes: [{ dest: '0.0.0.0/0', gateway: '10.0.0.1', source: '10.0.0.5' }] },
      'the source is ignored: routes of IPv4 have no source prefix; write 10.0.0.5/0 for a preferred',
    ],
    [
      { routes: [{ dest: '::/0', gateway: '10.0.0.1' }] },
      'the guest agent fails: the gateway "10.0.0.1" is not an IPv6 address',
    ],
  ])('dan validate says that the guest refuses %j', async (info, expected) => {
    expect(await findings(withInfo(info))).toEqual([expect.stringContaining(expected)]);
  });

  it.each([
    [{ guest_mac: '2:1:2:3:4:5', device: { type: 'vhost-user', path: '/run/s', queue_num: 1 } }, ['warning']],
    [{ guest_mac: 'x' }, ['error']],
    [{ name: 'an-interface-name' }, ['error']],
    [{ device: { ...tap, queue_num: 300 } }, ['error']],
    [{ device: { ...tap, queue_size: 300 } }, ['error']],
    [{ device: { ...tap, tap_name: 'a/b' } }, ['error']],
    [{ device: { type: 'vhost-user', path: `/${'s'.repeat(107)}`, queue_num: 1 } }, ['error']],
    [
      {
        device: { type: 'vhost-user', path: '/run/s', queue_num: 1 },
        network_info: { interface: { ...link, mtu: 9000 } },
      },
      ['error'],
    ],
  ])('dan validate says that no virtual machine can be given %j', async (entry, severities) => {
    const told = await findings(fileOf({ ...sound, ...entry }));
    expect(told.map((text) => text.split(':')[0])).toEqual(severities);
  });

  it('dan validate says what two devices must not share', async () => {
    const [first, second] = [withInfo({ routes: [{ dest: '', gateway: '10.0.0.1' }] }).devices[0], sound];
    expect(await findings(fileOf(first!, first!))).toEqual([
      'error: the name "eth0" is taken by the interface "eth0", and the sandbox fails: change one of them',
      'error: the MAC 02:11:22:33:44:55 is that of the interface "eth0", and the sandbox fails: change one of them',
      'error: the address 10.0.0.5 is that of the interface "eth0", and the sandbox fails: change one of them',
      'warning: the interface "eth0" has a default route 0.0.0.0/0 already, and a guest gets one: set "defaultRoute": false ' +
        'in the network whose default route you do not want',
    ]);
    const other = { interface: { ip_addresses: ['10.0.1.5/24'] } };
    expect(
      await findings(fileOf(first!, { ...second, name: 'eth1', guest_mac: '02:11:22:33:44:56', network_info: other })),
    ).toEqual([]);
    const [upper, lower] = ['FD00::5/64', 'fd00::5/64'].map((address, at) => ({
      ...{ ...sound, name: `eth${at}`, guest_mac: `02:11:22:33:44:5${at}` },
      network_info: { interface: { ip_addresses: [address] } },
    }));
    expect(await findings(fileOf(upper!, lower!), 'generic')).toEqual([
      expect.stringContaining('the address fd00::5 is that of the interface "eth0"'),
    ]);
    expect(await findings(fileOf())).toEqual(['warning: there is none: the sandbox starts without any network']);
  });

  it('dan validate warns of a namespace in which no tap is found, and of keys that no reader has', async () => {
    expect(await findings({ ...fileOf(sound), netns: '/run/netns/pod' })).toEqual([
      expect.stringContaining('does not find a tap in the pod’s namespace'),
    ]);
    const { code, remarks } = await read(fileOf({ ...sound, cni: {}, comment: 'x', guestmac: 'y' }));
    expect(code).toBe(1);
    expect(remarks).toMatchObject([
      { severity: 'note', where: 'devices[0]', text: 'the reader ignores the key "comment"' },
      { severity: 'warning', where: 'devices[0]', text: expect.stringContaining('did you mean "guest_mac"') },
    ]);
  });

  it('dan validate notes which values the file leaves to its reader', async () => {
    const { queue_num: _left, ...device } = tap;
    const { guest_mac: _made, ...entry } = { ...sound, device };
    const { code, devices, remarks } = await read(fileOf(entry));
    expect(code).toBe(0);
    expect(devices).toMatchObject([{ mac: null, queuePairs: null }]);
    expect(remarks.map(({ severity }) => severity)).toEqual(['note', 'note']);
  });

  it('dan validate --runtime runtime-rs-3 takes queue_num for a count of virtqueues', async () => {
    expect(await findings(fileOf(sound), 'runtime-rs-3')).toEqual([expect.stringContaining('refuses an odd one')]);
    const even = fileOf({ ...sound, device: { ...tap, queue_num: 4 } });
    expect(await findings(even, 'runtime-rs-3')).toEqual([expect.stringContaining('so of 2 pairs')]);
    const { queue_num: _left, ...device } = tap;
    expect(await findings(fileOf({ ...sound, device }), 'runtime-rs-3')).toEqual([]);
  });

  it('dan validate takes vfio devices with --runtime go, and never with runtime-rs', async () => {
    expect(await findings(fileOf(sound), 'go')).toEqual([
      expect.stringContaining('takes devices of type vfio, not "host-tap"'),
    ]);
    const file = withInfo(
      {
        routes: [{ dest: '10.1.0.0/16' }, { dest: '', gateway: '10.9.0.1', flags: 4 }],
        neighbors: [{ ip_address: '10.0.0.9/32', hardware_addr: '02:00:00:00:00:09', state: 128 }],
      },
      { device: vfio },
    );
    expect(await findings(file)).toEqual([expect.stringContaining('only Kata’s Go runtime takes vfio devices')]);
    expect((await read(file, 'go')).devices).toMatchObject([{ device: 'vfio 0000:85:02.5', mtu: 1500 }]);
    expect(await findings(file, 'go')).toEqual([
      'error: the guest agent fails: the neighbor comes without an address: its ip_address must be an address without a prefix',
      'error: the guest agent fails: the destination "10.1.0.0/16" is not an IPv6 network',
      // The on-link flag gets lost on the way.
      'error: the route to 0.0.0.0/0 has the gateway 10.9.0.1, to which nothing leads, and the sandbox fails: name a router on ' +
        'the link',
    ]);
    expect(await findings(withInfo({}, { device: vfio }), 'go')).toEqual([]);
    expect(await findings(withInfo({ interface: { ip_addresses: [] } }, { device: vfio }), 'go')).toEqual([
      expect.stringContaining('the MTU is 0'),
    ]);
  });

  it('dan validate --runtime generic lists all faults of the format as it was first published', async () => {
    for (const device of [tap, vfio, { type: 'vhost-user', path: '/run/s' }]) {
      expect(await findings(fileOf({ ...sound, device }), 'generic')).toEqual([]);
    }
    expect(await findings(fileOf({ ...sound, guest_mac: '' }), 'generic')).toHaveLength(1);
    const faulty = { ...sound, guest_mac: '2:1:2:3:4:5', device: { type: 'tap' } };
    const told = await findings(
      { devices: [faulty, { ...sound, network_info: { interface: { ip_addresses: ['10.0.0.5'] } } }] },
      'generic',
    );
    expect(told).toEqual([
      expect.stringContaining('must be six two-digit'),
      expect.stringContaining('takes devices of type host-tap or vhost-user or vfio, not "tap"'),
      expect.stringContaining('has no prefix length'),
    ]);
    expect(await findings(withInfo({ routes: [{ dest: '', gateway: '10.9.0.1' }] }), 'generic')).toHaveLength(1);
  });

  it('dan validate says where a file stops being JSON', async () => {
    const ran = await runOn(['validate'], '{"devices": [{]}');
    expect(ran.code).toBe(1);
    expect(unwrapped(ran)).toContain('it is not JSON: a key in quotes is expected at line 1, character 15');
  });
});
