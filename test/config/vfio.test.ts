import { describe, expect, it } from 'vitest';

import { readNetwork, readWithoutPod } from '../../src/config/network.ts';
import { settle } from '../../src/attach/settings.ts';
import { words } from './reading.ts';

const plugin = { cniVersion: '1.0.0', name: 'fast', type: 'dan', device: 'vfio', runtime: 'go' };
const read = (changes: object) => readNetwork({ ...plugin, ...changes }, words);

describe('what a configuration says of a virtual function', () => {
  it('is its address, as Multus puts it in', () => {
    const { device } = read({ deviceID: '0000:01:10.0', pciBusID: '0000:01:10.0' });
    expect(device).toMatchObject({ device: 'vfio', address: '0000:01:10.0', bindDriver: false, settings: {} });
  });

  it('is the address of the runtime before that of the configuration', () => {
    const runtimeConfig = { deviceID: '0000:01:10.2' };
    expect(read({ deviceID: '0000:01:10.0', runtimeConfig }).device).toMatchObject({ address: '0000:01:10.2' });
    expect(read({ runtimeConfig }).device).toMatchObject({ address: '0000:01:10.2' });
  });

  it('is a physical function, and the settings under the names of a row', () => {
    const settings = { spoofchk: 'off', trust: 'on', linkState: 'enable', minTxRate: 10, maxTxRate: 100 };
    const { device } = read({ master: 'enp1s0f0', vlan: 100, bindDriver: true, mac: '02:00:00:00:00:01', ...settings });
    expect(device).toMatchObject({
      ...{ address: undefined, master: 'enp1s0f0', bindDriver: true, mac: '02:00:00:00:00:01' },
      settings: { vlan: 100, vlanQoS: 0, vlanProto: '802.1q', ...settings },
    });
  });

  it('is a limit of what the pod sends, as the most that the function may send', () => {
    const runtimeConfig = { bandwidth: { egressRate: 100e6, egressBurst: 4e9 } };
    expect(read({ master: 'enp1s0f0', runtimeConfig }).device).toMatchObject({ settings: { maxTxRate: 100 } });
  });

  it.each<[object, RegExp]>([
    [{}, /needs a function: "deviceID" .* or "master"/],
    [{ deviceID: 'eth0' }, /"deviceID" "eth0" must be a PCI address/],
    [{ runtimeConfig: { deviceID: '01:10.0' } }, /"runtimeConfig.deviceID" "01:10.0" must be a PCI address/],
    [{ master: 'a', vlanQoS: 3 }, /say which in "vlan"/],
    [{ master: 'a', vlanProto: '802.1ad' }, /say which in "vlan"/],
    [{ master: 'a', minTxRate: 20, maxTxRate: 10 }, /"minTxRate" 20 is above "maxTxRate" 10/],
    [
      { master: 'a', minTxRate: 9, bandwidth: { egressRate: 8e6, egressBurst: 8e5 } },
      /"minTxRate" 9 is above the 8 Mbit\/s of "bandwidth"/,
    ],
    [
      { master: 'a', runtimeConfig: { bandwidth: { ingressRate: 8e6, ingressBurst: 8e5 } } },
      /has "ingressRate", and a card/,
    ],
    [
      { master: 'a', bandwidth: { egressRate: 8e6 + 1, egressBurst: 8e5 } },
      /"egressRate" 8000001, and a card counts in Mbit/,
    ],
    [{ master: 'a', maxTxRate: 8, bandwidth: { egressRate: 8e6, egressBurst: 8e5 } }, /the same as "maxTxRate"/],
    [{ master: 'a', queues: 2 }, /have no effect with "device": "vfio"/],
    [{ master: 'a', queueSize: 256 }, /have no effect with "device": "vfio"/],
    [{ master: 'a', bridge: 'br0' }, /"bridge" has no effect with "device": "vfio"/],
    [{ master: 'a', trunk: [{ id: 1 }] }, /"trunk" has no effect with "device": "vfio"/],
    [{ master: 'a', owner: 7 }, /"owner" has no effect with "device": "vfio"/],
    [{ device: 'host-tap', bridge: 'br0', trust: 'on' }, /"trust" has no effect with "device": "host-tap"/],
  ])('%j is refused', (changes, why) => {
    expect(() => read(changes)).toThrow(why);
  });

  it('is not read by a device that is none: a device plugin may call a device as it likes', () => {
    expect(() => read({ device: 'host-tap', bridge: 'br0', runtime: 'runtime-rs', deviceID: 'gpu7' })).not.toThrow();
  });

  it.each(['go', 'generic'])('is carried by %s', (runtime) => {
    expect(settle(read({ master: 'enp1s0f0', runtime })).profile.name).toBe(runtime);
  });

  it.each(['runtime-rs', 'runtime-rs-3'])('is not carried by %s, and the message says by whom', (runtime) => {
    expect(() => settle(read({ master: 'enp1s0f0', runtime }))).toThrow(
      expect.objectContaining({
        name: 'not-carried-by-profile',
        message: expect.stringContaining('say "runtime": "go"'),
      }),
    );
  });

  it('of another kind is not carried by Kata’s Go runtime', () => {
    expect(() => settle(read({ device: 'host-tap', bridge: 'br0' }))).toThrow(
      `"runtime": "go" has no host-tap: Kata's Go runtime reads only vfio devices from a DAN file`,
    );
  });
});

describe('a network whose functions a device plugin gives', () => {
  it('is sound before there is a pod, and no ADD goes without a function', () => {
    expect(readWithoutPod(plugin).device).toMatchObject({ device: 'vfio', master: undefined });
    expect(readWithoutPod({ ...plugin, master: 'enp1s0f0' }).device).toMatchObject({ address: undefined });
    expect(() => read({})).toThrow('needs a function');
  });
});
