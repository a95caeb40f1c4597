import { describe, expect, it } from 'vitest';
import { pluginsOfList, withKnownVersions } from '../../../src/cli/install/known-versions.ts';
import type { PluginVersions } from '../../../src/node/list.ts';

const list = (versions: object): string =>
  JSON.stringify({ ...versions, name: 'net', plugins: [{ type: 'bridge' }, { type: 'dan', device: 'tcfilter' }] });
const bridge = (...versions: readonly string[]): PluginVersions => ({
  type: 'bridge',
  path: '/opt/cni/bin/bridge',
  versions,
});
const offering = list({ cniVersion: '1.0.0', cniVersions: ['1.0.0', '1.1.0'] });

describe('a list that is installed', () => {
  it('gets the versions that all plugins of the node know, and a note that says why', () => {
    const { text, notes, refusals } = withKnownVersions(offering, [bridge('0.4.0', '1.0.0')]);
    expect(JSON.parse(text)).toEqual(JSON.parse(list({ cniVersion: '1.0.0' })));
    expect(notes).toEqual([
      expect.stringMatching(/CNI 1.1.0 .*\/opt\/cni\/bin\/bridge does not.*: the list is written with CNI 1.0.0$/),
    ]);
    expect(refusals).toEqual([]);
  });

  it('gets an older version where a plugin knows no newer one', () => {
    const { text } = withKnownVersions(list({ cniVersion: '1.0.0' }), [bridge('0.3.1', '0.4.0')]);
    expect(JSON.parse(text)).toEqual(JSON.parse(list({ cniVersion: '0.4.0' })));
  });

  it('is written byte for byte where the plugins know what it offers', () => {
    const known = bridge('0.4.0', '1.0.0', '1.1.0');
    expect(withKnownVersions(offering, [known])).toEqual({ text: offering, notes: [], refusals: [] });
  });

  it('is written as it is, with a note, where a plugin could not be asked', () => {
    const { text, notes } = withKnownVersions(offering, [{ type: 'bridge', path: undefined, versions: undefined }]);
    expect(text).toBe(offering);
    expect(notes).toEqual([expect.stringContaining('whether it knows it: it is not on this node')]);
  });

  it('is refused where a plugin knows no version that dan knows', () => {
    const { refusals } = withKnownVersions(offering, [bridge('0.1.0')]);
    expect(refusals[0]).toContain('/opt/cni/bin/bridge does not');
  });

  it('is left to the other checks where it cannot be read', () => {
    expect(withKnownVersions('{', [])).toEqual({ text: '{', notes: [], refusals: [] });
    expect(pluginsOfList('{')).toEqual([]);
    expect(pluginsOfList(offering)).toEqual(['bridge']);
  });
});
