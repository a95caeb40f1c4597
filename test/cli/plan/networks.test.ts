import { describe, expect, it } from 'vitest';
import { assumePod } from '../../../src/cli/plan/assumed-pod.ts';
import { networksIn } from '../../../src/cli/plan/networks.ts';
import { readNetwork } from '../../../src/config/network.ts';
import type { JsonObject } from '../../../src/json/object.ts';
import { runOn } from '../validate/running.ts';

const dan = { type: 'dan', bridge: 'br0' };
const list = { cniVersion: '1.0.0', name: 'kata-net' };

describe('the plugins of dan that are planned', () => {
  it('get name and version of their list, as a runtime does it', () => {
    const text = JSON.stringify({ ...list, plugins: [{ type: 'bridge' }, dan, { type: 'portmap' }] });
    expect(networksIn(text, 'f')).toEqual([{ document: { ...dan, ...list }, before: ['bridge'] }]);
    expect(networksIn(JSON.stringify({ ...list, ...dan }), 'f')).toEqual([
      { document: { ...dan, ...list }, before: [] },
    ]);
  });

  it.each(['{', '[]', '{"plugins": []}', JSON.stringify({ ...list, plugins: [{ type: 'bridge' }] })])(
    'are none in %j',
    (text) => {
      expect(() => networksIn(text, 'the file')).toThrow(/^the file /);
    },
  );
});

describe('the pod that is assumed', () => {
  const assume = (changes: JsonObject, before: readonly string[]) => {
    const made = { interfaces: [{ name: 'net1', sandbox: '/run/netns/pod' }] };
    const document = { ...list, type: 'dan', ...changes, ...(before.length === 0 ? {} : { prevResult: made }) };
    return assumePod(readNetwork(document, { args: new Map(), ifname: 'net1' }), before, 'net1');
  };

  it('is empty for a tap, and has what another plugin made', () => {
    expect(assume({ bridge: 'br0' }, []).view.links).toEqual([]);
    expect(assume({ bridge: 'br0' }, ['portmap']).view.links).toEqual([]);
    expect(assume({ bridge: 'br0' }, ['bridge']).view.links).toMatchObject([{ name: 'net1' }]);
  });

  it('has the interface that is taken over, and says what it is like', () => {
    const { view, assumptions } = assume({ device: 'tcfilter' }, ['bridge']);
    expect(view.links).toMatchObject([{ name: 'net1', mtu: 1500 }]);
    expect(assume({ device: 'tcfilter', master: 'ens3' }, []).view.links).toMatchObject([{ name: 'ens3' }]);
    expect(assumptions.join()).toContain('net1 with the MAC 02:00:00:00:00:01, the MTU 1500, the address 192.0.2.5/24');
  });
});

describe('dan plan', () => {
  it.each([
    [['--sandbox', 'a/b'], 'CNI_CONTAINERID "a/b" must start'],
    [['--ifname', 'lo'], 'CNI_IFNAME "lo" is the loopback'],
    [['--netns', '/nowhere'], 'CNI_NETNS /nowhere does not exist'],
  ])('refuses %j as ADD does', async (words, message) => {
    const { code, err } = await runOn(['plan', ...words], { ...list, ...dan });
    expect([code, err]).toEqual([1, expect.stringContaining(message)]);
  });

  it('refuses a faulty configuration as ADD does', async () => {
    const { code, out, err } = await runOn(['plan'], { ...list, ...dan, mtu: 1 });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('[invalid-configuration]');
  });
});
