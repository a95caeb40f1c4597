import { afterEach, afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readGo } from '../../src/reader/go.ts';
import { keptVersions, readKept } from '../upgrade/kept.ts';
import { placeWithCard } from '../upgrade/place.ts';
import { expectServed } from '../upgrade/served.ts';
import { answerIn, card, type GuestAnswer, SriovGuest } from './sriov-guest.ts';

let node: SriovGuest;
let before: string;

beforeAll(async () => {
  node = await SriovGuest.boot();
  before = await node.functions();
}, 300_000);

afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

afterEach(async () => {
  expect({ functions: await node.functions(), left: await node.left() }).toEqual({ functions: before, left: '' });
});

const [first, second] = card.functions;
const basic = { cniVersion: '1.1.0', name: 'fast', type: 'dan', device: 'vfio', runtime: 'go', bindDriver: true };
const pool = { ...basic, master: card.link };
const one = { ...basic, deviceID: first };

const everySetting = {
  ...{ mac: '02:5c:1e:07:9a:41', vlan: 100, vlanQoS: 3, vlanProto: '802.1q', spoofchk: 'off', trust: 'on' },
  ...{ linkState: 'auto', minTxRate: 0, maxTxRate: 100, mtu: 1400 },
};

async function file(sandbox: string): Promise<string> {
  return await node.guest.text(`cat /run/kata-containers/dans/${sandbox}.json`);
}

/** The card's report about its first function. */
async function row(): Promise<Readonly<Record<string, unknown>>> {
  const links = JSON.parse(await node.guest.text(`ip -j -d link show dev ${card.link}`)) as readonly {
    readonly vfinfo_list: readonly Readonly<Record<string, unknown>>[];
  }[];
  return links[0]!.vfinfo_list[0]!;
}

/** Restores by hand what dan cannot, since the test has removed its records. */
async function giveBackByHand(): Promise<void> {
  await node.guest.text(`
    ip link set dev ${card.link} vf 0 vlan 0
    ip link set dev ${card.link} vf 0 mac 02:00:00:00:02:00
    cd /sys/bus/pci/devices/${first}
    echo >driver_override; echo ${first} >driver/unbind; echo ${first} >/sys/bus/pci/drivers_probe
    rm -rf /run/kata-containers`);
}

describe('a virtual function', () => {
  test('gets every setting, passes CHECK, and is as before after DEL', async () => {
    const config = {
      ...{ ...one, ...everySetting, addresses: ['10.0.0.5/24', 'fd00::5/64'] },
      routes: [{ dst: '0.0.0.0/0', gw: '10.0.0.1' }],
      neighbors: [{ address: '10.0.0.9', mac: '02:00:00:00:00:09' }],
    };
    expect((await node.call({ command: 'STATUS', config })).exitCode).toBe(0);
    const added = await node.call({ command: 'ADD', config });
    expect(added.json).toMatchObject({
      interfaces: [{ name: 'eth0', mac: everySetting.mac, mtu: 1400, sandbox: '/run/netns/pod1', pciID: first }],
      ips: [
        { address: '10.0.0.5/24', interface: 0 },
        { address: 'fd00::5/64', interface: 0 },
      ],
    });
    expect(await row()).toMatchObject({
      address: everySetting.mac,
      vlan_list: [{ vlan: 100, qos: 3 }],
      rate: { max_tx: 100, min_tx: 0 },
      spoofchk: false,
      trust: true,
    });
    expect(await node.functions()).toMatch(new RegExp(`^${first} vfio-pci vfio-pci\n${second} igbvf \\(null\\)\n`));
    const verdict = readGo(await file('sandbox-1'));
    expect(verdict).toMatchObject({
      accepted: true,
      altered: [],
      devices: [
        {
          device: { type: 'vfio', pci_device_id: first },
          guest_mac: everySetting.mac,
          mtu: 1400,
          addresses: ['10.0.0.5/24', 'fd00::5/64'],
          neighbors: [{ ip: '10.0.0.9' }],
          ...{ dropped: [], altered: [], failures: [] },
        },
      ],
    });
    const checked = { ...config, prevResult: added.json };
    expect(await node.call({ command: 'CHECK', config: checked })).toMatchObject({ exitCode: 0, json: {} });
    await node.guest.text(`ip link set dev ${card.link} vf 0 vlan 101 qos 3`);
    expect((await node.call({ command: 'CHECK', config: checked })).json).toMatchObject({
      code: 115,
      msg: expect.stringContaining(`the function ${first}: vlan is 101, and was made 100`),
    });
    await node.guest.text(`ip link set dev ${card.link} vf 0 vlan 100 qos 3`);
    expect(await node.call({ command: 'DEL', config })).toMatchObject({ exitCode: 0, json: {} });
  });

  test('that somebody has changed since keeps what it has, and the rest is given back', async () => {
    const config = { ...one, vlan: 100, maxTxRate: 100 };
    expect((await node.call({ command: 'ADD', config })).exitCode).toBe(0);
    await node.guest.text(`ip link set dev ${card.link} vf 0 vlan 7`);
    const removed = await node.call({ command: 'DEL', config });
    expect(removed.exitCode).toBe(0);
    expect(removed.log).toContain('settings of a function have changed since: dan leaves them');
    expect(await row()).toMatchObject({ vlan_list: [{ vlan: 7 }], rate: { max_tx: 0 } });
    await node.guest.text(`ip link set dev ${card.link} vf 0 vlan 0`);
  });

  test('and another are attached at the same moment', async () => {
    const script = (sandbox: string, deviceID: string): string =>
      node.script({ command: 'ADD', config: { ...basic, deviceID, vlan: 30 }, sandbox });
    const [a, b] = await Promise.all([
      node.guest.text(script('sandbox-a', first), 60),
      node.guest.text(script('sandbox-b', second), 60),
    ]);
    expect([a, b].map((output) => answerIn(output).json)).toMatchObject([
      { interfaces: [{ pciID: first }] },
      { interfaces: [{ pciID: second }] },
    ]);
    await Promise.all(
      ['sandbox-a', 'sandbox-b'].map(async (sandbox) => {
        expect(
          answerIn(await node.guest.text(node.script({ command: 'DEL', config: basic, sandbox }), 60)).exitCode,
        ).toBe(0);
      }),
    );
  });

  test('that has vfio-pci already keeps it, and is refused without "bindDriver" where it has not', async () => {
    const { bindDriver: _, ...config } = one;
    expect((await node.call({ command: 'ADD', config })).json).toMatchObject({
      code: 142,
      msg: expect.stringContaining('has the driver igbvf'),
    });
    await node.guest.text(`
      cd /sys/bus/pci/devices/${first}
      echo vfio-pci >driver_override; echo ${first} >driver/unbind; echo ${first} >/sys/bus/pci/drivers_probe`);
    const bound = await node.functions();
    expect((await node.call({ command: 'ADD', config: { ...config, vlan: 9 } })).exitCode).toBe(0);
    expect((await node.call({ command: 'DEL', config })).exitCode).toBe(0);
    expect(await node.functions()).toBe(bound);
    await node.guest.text(`
      cd /sys/bus/pci/devices/${first}
      echo >driver_override; echo ${first} >driver/unbind; echo ${first} >/sys/bus/pci/drivers_probe`);
  });
});

test('of 20 ADDs at once on a card with 2 functions, 2 succeed and 18 say that none is free', async () => {
  const numbers = Array.from({ length: 20 }, (_, at) => at + 1);
  const all = async (command: 'ADD' | 'DEL'): Promise<readonly GuestAnswer[]> => {
    const output = await node.guest.text(
      `
      echo '${JSON.stringify(pool)}' >/tmp/pool
      for n in $(seq 20); do
        (env -i PATH=/bin CNI_COMMAND=${command} CNI_CONTAINERID=pod-$n CNI_NETNS=/run/netns/pod$n CNI_IFNAME=eth0 CNI_PATH=/opt/cni \
          /usr/bin/dan </tmp/pool >/tmp/out.$n 2>/tmp/log.$n; echo $? >/tmp/code.$n) &
      done
      wait
      for n in $(seq 20); do cat /tmp/code.$n; base64 -w 0 /tmp/out.$n; echo; base64 -w 0 /tmp/log.$n; echo; done`,
      120,
    );
    const lines = `${output}\n\n`.split('\n');
    return numbers.map((number) => answerIn(lines.slice((number - 1) * 3, number * 3).join('\n')));
  };
  const added = await all('ADD');
  const given = added.filter(({ exitCode }) => exitCode === 0);
  expect(given.map(({ json }) => (json['interfaces'] as { pciID: string }[])[0]!.pciID).sort()).toEqual([
    first,
    second,
  ]);
  const refused = added.filter(({ json }) => json['code'] === 141);
  expect(refused).toHaveLength(18);
  for (const { json } of refused)
    expect(json['msg']).toContain(`none of the 2 virtual functions of ${card.link} is free`);
  expect((await all('DEL')).map(({ exitCode }) => exitCode)).toEqual(numbers.map(() => 0));
});

test('a function that a program has open is released by no DEL until the program ends, and given to no other pod', async () => {
  const config = { ...one, vlan: 100, addresses: ['10.0.0.5/24'] };
  expect((await node.call({ command: 'ADD', config })).exitCode).toBe(0);
  const [attached, entry] = [await node.functions(), await file('sandbox-1')];
  const pid = await node.guest.text(`
    group=$(basename $(readlink /sys/bus/pci/devices/${first}/iommu_group))
    sh -c "exec 3<>/dev/vfio/$group; exec sleep 1000" >/dev/null 2>&1 3<&- 4>&- &
    echo $!; while [ ! -e /proc/$!/fd/3 ]; do sleep 0.1; done`);
  const held = await node.call({ command: 'DEL', config });
  expect(held.json).toMatchObject({ code: 144, msg: expect.stringContaining(`process ${pid} has /dev/vfio/`) });
  expect([await node.functions(), await file('sandbox-1')]).toEqual([attached, entry]);
  const collected = { ...config, 'cni.dev/valid-attachments': [] };
  expect((await node.call({ command: 'GC', config: collected })).json).toMatchObject({ code: 144 });
  await node.guest.text('rm -r /run/dan /var/lib/dan');
  expect((await node.call({ command: 'ADD', config: one, sandbox: 'sandbox-2' })).json).toMatchObject({
    code: 143,
    msg: expect.stringContaining(`process ${pid} has`),
  });
  await node.guest.text(`kill ${pid}`);
  await giveBackByHand();
});

test('a function whose program ends is released by the next DEL, or by GC', async () => {
  for (const command of ['DEL', 'GC'] as const) {
    expect((await node.call({ command: 'ADD', config: one })).exitCode).toBe(0);
    await node.guest.text(`
      group=$(basename $(readlink /sys/bus/pci/devices/${first}/iommu_group))
      sh -c "exec 3<>/dev/vfio/$group; exec sleep 1000" >/dev/null 2>&1 3<&- 4>&- &
      echo $! >/tmp/holder; while [ ! -e /proc/$!/fd/3 ]; do sleep 0.1; done`);
    const config = { ...one, 'cni.dev/valid-attachments': [] };
    expect((await node.call({ command, config })).json).toMatchObject({ code: 144 });
    await node.guest.text('kill $(cat /tmp/holder); while kill -0 $(cat /tmp/holder) 2>/dev/null; do sleep 0.1; done');
    expect(await node.call({ command, config })).toMatchObject({ exitCode: 0, json: {} });
    expect(await node.functions()).toBe(before);
  }
});

test('a node whose /run was emptied has the function found by GC, and no pod gets it before', async () => {
  const config = { ...one, vlan: 100, trust: 'on' };
  expect((await node.call({ command: 'ADD', config })).exitCode).toBe(0);
  await node.guest.text('rm -r /run/dan /run/kata-containers');
  expect((await node.call({ command: 'ADD', config: one, sandbox: 'sandbox-2' })).json).toMatchObject({
    code: 143,
    msg: expect.stringContaining('is in use by sandbox sandbox-1'),
  });
  await node.guest.text('rm -r /run/dan');
  const collected = await node.call({ command: 'GC', config: { ...one, 'cni.dev/valid-attachments': [] } });
  expect(collected).toMatchObject({ exitCode: 0, json: {} });
});

test('a node that has started anew throws away what was noted before', async () => {
  expect((await node.call({ command: 'ADD', config: one })).exitCode).toBe(0);
  await node.guest.text(`
    sed -i 's/"boot":"[^"]*"/"boot":"5d8c1f0e-0000-0000-0000-000000000000"/' /var/lib/dan/attachments/*.json
    rm -r /run/dan`);
  const collected = await node.call({ command: 'GC', config: { ...one, 'cni.dev/valid-attachments': [] } });
  expect(collected).toMatchObject({ exitCode: 0, json: {} });
  expect(await node.functions()).toContain(`${first} vfio-pci`);
  expect(await node.left()).toBe('');
  await giveBackByHand();
});

test.each(keptVersions)('a function that %s attached is checked, listed, released and collected', async (old) => {
  await expectServed(readKept(old, 'vfio'), placeWithCard(node));
});
