import { describe, expect, it } from 'vitest';
import { unheededText } from '../../src/config/injected.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { read, refusal } from './reading.ts';

const limits = { egressRate: 8e6, egressBurst: 8e5 };
const limit = { rate: 8e6, burst: 8e5 };
const ofMaster = { device: 'tcfilter', master: 'eth0', bridge: undefined };

describe('the limits of a pod', () => {
  it.each<[string, JsonObject, object]>([
    ['the key', { bandwidth: limits }, { egress: limit }],
    ['the runtime', { runtimeConfig: { bandwidth: limits } }, { egress: limit }],
    ['the runtime, for tcfilter', { ...ofMaster, runtimeConfig: { bandwidth: limits } }, { egress: limit }],
    [
      'go-cni, which passes the names that the fields have in Go',
      {
        runtimeConfig: {
          Bandwidth: { IngressRate: 0, IngressBurst: 0, EgressRate: 8e6, EgressBurst: 4_294_967_295 },
        },
      },
      { egress: { rate: 8e6, burst: 4_294_967_295 } },
    ],
    [
      'the runtime, where the key asks for none',
      { bandwidth: { ingressRate: 0 }, runtimeConfig: { bandwidth: limits } },
      { egress: limit },
    ],
  ])('are those of %s', (_who, changes, bandwidth) => {
    expect(read(changes)).toMatchObject({ device: { bandwidth }, unheeded: [] });
  });

  it('are those of the key where the runtime has others, of which a warning tells', () => {
    const own = { ingressRate: 8e6, ingressBurst: 8e5 };
    const { device, unheeded } = read({ bandwidth: own, runtimeConfig: { bandwidth: limits } });
    expect(device).toMatchObject({ bandwidth: { ingress: limit } });
    expect(device).not.toHaveProperty('bandwidth.egress');
    expect(unheeded.map(unheededText)).toEqual([
      '"bandwidth" of runtimeConfig is not done by dan: the network has a "bandwidth" of its own, which counts',
    ]);
  });

  it.each<[JsonObject, string]>([
    [
      { device: 'vhost-user', bridge: null, runtimeConfig: { bandwidth: limits } },
      '"bandwidth" has no effect without "bridge": no frame passes the kernel of the host',
    ],
    [
      { device: 'vhost-user', bandwidth: { egressRate: 999, egressBurst: 8e5 } },
      '"bandwidth" has the "egressRate" 999, and Open vSwitch counts in kilobits: ask for 1000 or more',
    ],
    [
      { ...ofMaster, device: 'macvtap', bandwidth: limits },
      '"bandwidth" has no effect with "device": "macvtap": the virtual machine opens a link in the pod',
    ],
    [
      { ...ofMaster, runtime: 'generic', runtimeConfig: { bandwidth: limits } },
      '"bandwidth" has no effect with "runtime": "generic": the virtual machine opens a link in the pod',
    ],
    [
      { runtimeConfig: { bandwidth: { ingressRate: 8e6, ingressBurst: 0 } } },
      '"runtimeConfig.bandwidth" {"ingressRate":8000000,"ingressBurst":0} has "ingressRate" and no "ingressBurst"',
    ],
    [{ bandwidth: { ingresRate: 8e6 } }, 'unknown key "ingresRate" in "bandwidth" (did you mean "ingressRate"?)'],
  ])('are refused where nobody keeps or understands them: %j', (changes, text) => {
    expect(refusal(changes)).toContain(text);
  });

  it.each([{}, { ingressRate: 0, ingressBurst: 0 }])('are none with %j, whatever the device', (bandwidth) => {
    for (const device of [{ device: 'vhost-user' }, { ...ofMaster, device: 'macvtap' }]) {
      expect(read({ ...device, runtimeConfig: { bandwidth } }).unheeded).toEqual([]);
    }
  });
});
