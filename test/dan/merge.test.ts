import { describe, expect, it } from 'vitest';

import { encode } from '../../src/dan/encode.ts';
import { type ExistingDocument, findEntry, parseDocument, withEntry, withoutEntry } from '../../src/dan/merge.ts';
import { profiles } from '../../src/dan/profile.ts';
import type { Mac } from '../../src/model/mac.ts';
import { verdict } from '../model/verdict.ts';
import { attachment } from './attachments.ts';

const routes = [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }];

function entry(network: string, ifname: string, mac: string, address: string) {
  const given = { network, ifname, guestMac: mac as Mac };
  return encode(profiles['runtime-rs'], attachment({ addresses: [address], routes }, given));
}

const first = entry('kata-net', 'eth0', '02:00:00:00:00:01', '10.88.0.5/24');
const second = entry('storage', 'net1', '02:00:00:00:00:02', 'fd00::5/64');
const third = entry('kata-net', 'net2', '02:00:00:00:00:03', '10.88.0.6/24');

/** A device of another writer, in a different form. */
const foreign = {
  name: 'eth9',
  guest_mac: '02:00:00:00:00:AA',
  device: { type: 'vfio', pci_device_id: '0000:00:01.0', unknown: [1, null] },
  network_info: { interface: { ip_addresses: ['10.9.0.5/24', '10.9.0.6'] }, routes: [{ dest: '10.7.0.0/16' }, {}] },
};

/** The document after it was written and read again. */
function reread(document: object): ExistingDocument {
  const parsed = parseDocument(JSON.stringify(document));
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}

describe('the file of a sandbox', () => {
  it('has one entry for each attachment, in the order of attachment', () => {
    const one = withEntry(undefined, null, second);
    const three = withEntry(reread(withEntry(reread(one), null, first)), null, third);
    expect(three).toEqual({ netns: null, devices: [second, first, third] });
    expect(Object.keys(three)).toEqual(['netns', 'devices']);
  });

  it('loses the entry of one attachment alone', () => {
    const all = reread({ netns: '/run/netns/pod', devices: [first, second, foreign, third] });
    expect(withoutEntry(all, 'kata-net', 'eth0')).toEqual({
      netns: '/run/netns/pod',
      devices: [second, foreign, third],
    });
    expect(withoutEntry(all, 'kata-net', 'net1')).toEqual(all);
    expect(withoutEntry(all, 'other', 'eth0')).toEqual(all);
  });

  it('ends with its last entry', () => {
    expect(withoutEntry(reread({ devices: [first] }), 'kata-net', 'eth0')).toBeUndefined();
    expect(withoutEntry(reread({ devices: [first, foreign] }), 'kata-net', 'eth0')?.devices).toEqual([foreign]);
  });

  it('of somebody else that has no device stays, since nothing was taken out of it', () => {
    const foreign = { netns: '/run/netns/else', devices: [] };
    expect(withoutEntry(foreign, 'kata-net', 'eth0')).toEqual(foreign);
  });

  it('keeps the devices of others as they are, before and after', () => {
    const there = reread({ netns: null, devices: [foreign] });
    const more = reread(withEntry(there, null, first));
    expect(more.devices[0]).toEqual(foreign);
    expect(withoutEntry(more, 'kata-net', 'eth0')).toEqual(there);
  });

  it('tells entries apart by network and interface, and never takes a foreign one for ours', () => {
    const impostors = [
      { ...foreign, cni: 'kata-net' },
      { ...foreign, name: 'eth0', cni: null },
    ];
    const all = reread({ devices: [...impostors, first, third] });
    expect(findEntry(all, 'kata-net', 'net2')).toEqual(third);
    expect(findEntry(all, 'kata-net', 'eth0')).toEqual(first);
    expect(findEntry(all, 'kata-net', 'eth9')).toBeUndefined();
    expect(findEntry(all, 'storage', 'eth0')).toBeUndefined();
  });
});

describe('a file that is there', () => {
  it.each([
    ['{"devices": []}', { netns: null, devices: [] }],
    ['{"netns": null, "devices": [{}], "more": 1}', { netns: null, devices: [{}] }],
    ['{"netns": "/run/netns/pod", "devices": []}', { netns: '/run/netns/pod', devices: [] }],
  ])('%s', (text, document) => {
    expect(verdict(parseDocument(text))).toEqual(document);
  });

  it.each([
    ['', /^refused: is not JSON: ./],
    ['{"devices": [', /^refused: is not JSON: ./],
    ['[]', /^refused: has no list of devices$/],
    [`{"devices": [${'{},'.repeat(20_000)}{}]}`, /^refused: has "devices" of 20001 elements, and dan takes 20000$/],
    ['null', /^refused: has no list of devices$/],
    ['{}', /^refused: has no list of devices$/],
    ['{"devices": {}}', /^refused: has no list of devices$/],
    ['{"devices": [1]}', /^refused: has no list of devices$/],
    ['{"devices": [null]}', /^refused: has no list of devices$/],
    ['{"netns": 1, "devices": []}', /^refused: has a "netns" that is not a path$/],
    [`{"devices": [{"a": ${'['.repeat(125)}${']'.repeat(125)}}]}`, /^refused: is nested more than 127 levels deep$/],
    ['['.repeat(300_000), /^refused: is nested more than 127 levels deep$/],
  ])('%j is not touched', (text, why) => {
    expect(verdict(parseDocument(text))).toMatch(why);
  });
});
