import { describe as group, expect, it } from 'vitest';
import type { InventoryItem } from '../../../src/node/attachments/join.ts';
import type { CniFacts } from '../../../src/node/cni/facts.ts';
import { describe } from '../../../src/cli/list/described.ts';
import type { Standing } from '../../../src/node/attachments/standing.ts';
import { deriveNames } from '../../../src/model/identity.ts';
import { identity, recordOf, tapOf } from '../../node/attachments/attachment.ts';

const { link: name } = deriveNames(identity);
const record = recordOf();
const whole: InventoryItem = {
  identity,
  link: name,
  record,
  entry: { file: '/dans/sandbox-1.json', entry: { ...record.entry }, index: 0 },
  links: [{ netns: undefined, link: tapOf() }],
  port: undefined,
  hidden: [],
};
const cni: CniFacts = {
  containerd: undefined,
  handlers: [],
  directories: [],
  networks: [],
  binDirs: ['/opt/cni/bin'],
  dan: { type: 'dan', path: '/opt/cni/bin/dan', state: { is: 'program' }, version: undefined },
  others: [],
};
const attached: Standing = { state: 'attached', parts: [] };
const lost: Standing = { state: 'orphan', parts: [{ is: 'record-missing' }] };

group('an attachment', () => {
  it('is told by its record and its entry', () => {
    expect(describe({ item: whole, standing: attached }, cni)).toMatchObject({
      device: 'host-tap',
      bridge: 'br0',
      guestMac: record.guestMac,
      addresses: ['10.88.0.5/24'],
      netns: '/run/netns/pod',
      file: '/dans/sandbox-1.json',
      left: [],
      cure: undefined,
    });
  });

  it('is told by what there is of it', () => {
    const { device, addresses, left } = describe({ item: { ...whole, record: undefined }, standing: lost }, cni);
    expect([device, addresses]).toEqual(['host-tap', ['10.88.0.5/24']]);
    expect(left).toEqual([`link ${name} on the host`, 'entry 0 in /dans/sandbox-1.json']);
  });

  it('may have an entry that somebody edited into anything', () => {
    const entry = { file: '/dans/sandbox-1.json', entry: { device: 'tap', network_info: [] }, index: 0 };
    const item = { ...whole, record: undefined, entry };
    expect(describe({ item, standing: lost }, cni)).toMatchObject({ device: undefined, addresses: [] });
  });

  it('may belong to a pod that runs, so the command that removes it is the second thing to do', () => {
    const { cure } = describe({ item: { ...whole, record: undefined }, standing: lost }, cni);
    expect(cure).toMatch(
      /^restart the pod if it runs.*"crictl pods --id sandbox-1"\), remove what is left[^\n]*:\n {4}printf .*CNI_COMMAND=DEL/,
    );
    const gone: Standing = { state: 'orphan', parts: [{ is: 'pod-gone' }] };
    expect(describe({ item: whole, standing: gone }, cni).cure).toMatch(
      /^remove what is left:\n {4}printf .*CNI_COMMAND=DEL/,
    );
  });

  it('is told how its guest gets a network that came after dan', () => {
    const link = { name: 'net1', addresses: [{ cidr: '10.9.0.2/24', scope: 'global' }] };
    const standing: Standing = { state: 'incomplete', parts: [{ is: 'link-hidden', link }] };
    const { parts, cure } = describe({ item: { ...whole, hidden: [link] }, standing }, cni);
    expect(parts).toEqual(['the guest does not have net1 with 10.9.0.2/24']);
    expect(cure).toMatch(/^take its network away from the pod, .*"device": "tcfilter".*; then restart the pod$/);
  });

  it('has no command where only a hash tells its network', () => {
    const item = { ...whole, record: undefined, identity: { ...identity, network: '0'.repeat(32) } };
    expect(describe({ item, standing: lost }, cni).cure).not.toContain('CNI_COMMAND');
  });
});
