import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { card, SriovGuest } from './sriov-guest.ts';

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

const [first] = card.functions;
const one = {
  ...{ cniVersion: '1.1.0', name: 'fast', type: 'dan', device: 'vfio', runtime: 'go', bindDriver: true },
  deviceID: first,
};

describe('what the card or the node does not allow is refused, and nothing is left:', () => {
  test.each([
    [
      'a link state',
      { linkState: 'enable' },
      145,
      'the driver igb of the physical function eth0 does not take the link state',
    ],
    ['a rate that is promised', { minTxRate: 10 }, 145, 'does not take this rate'],
    ['802.1ad', { vlan: 5, vlanProto: '802.1ad' }, 145, 'many drivers know 802.1q alone'],
    ['the physical function', { deviceID: card.address }, 142, 'is no virtual function'],
    ['a function that is not there', { deviceID: '0000:01:10.4' }, 140, 'there is no PCI function 0000:01:10.4'],
    ['an MTU above the card’s', { mtu: 9000 }, 7, 'above that of the physical function eth0, 1500'],
    ['a link without functions', { deviceID: undefined, master: 'lo' }, 140, 'lo has no virtual functions'],
    ['a link that is not there', { deviceID: undefined, master: 'eth9' }, 140, 'the host has no interface eth9'],
  ])('%s', async (_, changes, code, words) => {
    const answer = await node.call({ command: 'ADD', config: { ...one, vlan: 100, ...changes } });
    expect(answer.json).toMatchObject({ code, msg: expect.stringContaining(words) });
  });

  test('a rate while the physical function is down', async () => {
    await node.guest.text(`ip link set dev ${card.link} down`);
    const answer = await node.call({ command: 'ADD', config: { ...one, maxTxRate: 100 } });
    await node.guest.text(`
      ip link set dev ${card.link} up
      while [ "$(cat /sys/class/net/${card.link}/carrier)" != 1 ]; do sleep 0.1; done`);
    expect(answer.json).toMatchObject({ code: 145, msg: expect.stringContaining('only while the link is up') });
  });

  test('a function whose interface the host uses, or a pod has', async () => {
    const link = await node.guest.text(`ls /sys/bus/pci/devices/${first}/net`);
    await node.guest.text(`ip link set dev ${link} up`);
    const ofHost = await node.call({ command: 'ADD', config: one });
    await node.guest.text(`ip link set dev ${link} down; ip link set dev ${link} netns pod5`);
    const ofPod = await node.call({ command: 'ADD', config: one });
    await node.guest.text(`ip netns exec pod5 /opt/iproute2/ip link set dev ${link} netns 1`);
    expect([ofHost, ofPod].map(({ json }) => json)).toMatchObject([
      { code: 143, msg: expect.stringContaining(`its interface ${link} is up`) },
      { code: 143, msg: expect.stringContaining('its interface is in another namespace') },
    ]);
  });
});
