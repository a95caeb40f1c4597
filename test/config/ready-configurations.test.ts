import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { settle } from '../../src/attach/settings.ts';
import { readNetwork } from '../../src/config/network.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { words } from './reading.ts';

interface NetworkList extends JsonObject {
  readonly name: string;
  readonly plugins: readonly JsonObject[];
}

const directory = new URL('../../cni-conf/', import.meta.url);
const [files, others] = [true, false].map((isList) =>
  readdirSync(directory).filter((name) => name.endsWith('.conflist') === isList),
) as [string[], string[]];

describe('the ready network configurations', () => {
  it('are there, and nothing else', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(others).toEqual(['dan.schema.json']);
  });

  it.each(files)('%s is accepted, and offers a version that all of its plugins know', (name) => {
    const list = JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as NetworkList;
    // containerd before 2 supports nothing newer. Debian's plugins do not either, and a newer client would choose it
    // for them, too.
    const isAlone = list.plugins.length === 1;
    expect(list['cniVersion']).toBe('1.0.0');
    expect(list['cniVersions']).toEqual(isAlone ? ['1.0.0', '1.1.0'] : undefined);
    expect(list.name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/);
    const networks = [...list.plugins.entries()].filter(([, { type }]) => type === 'dan');
    expect(networks.length).toBeGreaterThan(0);
    for (const [at, network] of networks) {
      // A network after another plugin gets that plugin's result.
      const made = { interfaces: [{ name: 'eth0', sandbox: '/run/netns/pod' }] };
      const behind = at === 0 ? {} : { prevResult: made };
      const config = readNetwork({ cniVersion: '1.0.0', name: list.name, ...behind, ...network }, words);
      expect(settle(config)).toMatchObject({ profile: { name: config.runtime } });
      const takesOver = ['tcfilter', 'macvtap'].includes(config.device.device);
      expect(takesOver || config.ipamType !== undefined || config.addresses.length > 0).toBe(true);
    }
  });
});
