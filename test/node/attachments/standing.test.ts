import { describe, expect, it } from 'vitest';
import type { InventoryItem } from '../../../src/node/attachments/join.ts';
import type { AttachmentRecord } from '../../../src/attach/record.ts';
import { partText } from '../../../src/cli/node-texts.ts';
import { dirname } from '../../../src/model/path.ts';
import { standingOf, type Context } from '../../../src/node/attachments/standing.ts';
import type { HostTap } from '../../../src/kinds/host-tap.ts';
import { deriveNames } from '../../../src/model/identity.ts';
import type { InterfaceName } from '../../../src/model/interface-name.ts';
import { defaultOvsDatabase } from '../../../src/model/ovs.ts';
import { identity, recordOf, tapOf } from './attachment.ts';

const { link: name } = deriveNames(identity);
const calm: Context = { isBusy: false, podIsGone: false, nodeIsGone: false, faults: [] };
const record = recordOf();
const { entry: _entry, ...unfinished } = record;
const whole: InventoryItem = {
  identity,
  link: name,
  record,
  entry: { file: '/dans/sandbox-1.json', entry: { ...record.entry }, index: 0 },
  links: [{ netns: undefined, link: tapOf() }],
  port: undefined,
  hidden: [],
};

const net1 = {
  name: 'net1',
  addresses: [
    { cidr: '10.9.0.2/24', scope: 'global' },
    { cidr: 'fe80::7/64', scope: 'link' },
  ],
};
const why = 'it says so';
/** Its DAN file. */
const file = `${record.danConf}/${record.sandbox}.json`;

function standing(changes: Partial<InventoryItem> = {}, around: Partial<Context> = {}): string {
  const { state, parts } = standingOf({ ...whole, ...changes }, { ...calm, ...around });
  return [state, ...parts.map(partText)].join(' | ');
}

/** The record of a tap that is a port of an Open vSwitch in user space. */
function onSwitch(): AttachmentRecord {
  const { bridge: _bridge, ...tap } = record.device as HostTap;
  const port = {
    database: defaultOvsDatabase,
    bridge: 'br0' as InterfaceName,
    datapath: 'netdev',
    name,
    externalIds: {},
  } as const;
  return { ...record, device: { ...tap, port } };
}

describe('an attachment', () => {
  it('is attached with all its parts', () => {
    expect(standing()).toBe('attached');
    expect(standing({}, { isBusy: true })).toBe('attached');
  });

  it.each<[string, Partial<InventoryItem>, Partial<Context>]>([
    ['orphan | record missing', { record: undefined }, {}],
    ['orphan | ADD did not end | tap missing | entry missing', { record: unfinished, entry: undefined, links: [] }, {}],
    ["orphan | pod's namespace gone", {}, { podIsGone: true }],
    ["orphan | pod's namespace gone | tap missing", { links: [] }, { podIsGone: true }],
    ['incomplete | tap missing', { links: [] }, {}],
    ['incomplete | entry missing', { entry: undefined }, {}],
    ['incomplete | the guest does not have net1 with 10.9.0.2/24, fe80::7/64', { hidden: [net1] }, {}],
    [
      'incomplete | tap missing | the guest does not have net1 with 10.9.0.2/24, fe80::7/64',
      { hidden: [net1], links: [] },
      {},
    ],
    ['incomplete | device node missing', {}, { nodeIsGone: true }],
    ['altered | entry edited', { entry: { file: '/dans/sandbox-1.json', entry: { name: 'eth0' }, index: 0 } }, {}],
    [
      `altered | tap ${name}: MTU is 1400, and was made 1500`,
      { links: [{ netns: undefined, link: tapOf(identity, { mtu: 1400 }) }] },
      {},
    ],
    ['changing | tap missing', { links: [] }, { isBusy: true }],
    ['unsure | links cannot be read', { links: [] }, { faults: [{ of: 'links', netns: '/run/netns/a', why }] }],
    ['unsure | links cannot be read', { links: [] }, { faults: [{ of: 'namespaces', why }] }],
    ['incomplete | tap missing', { links: [] }, { faults: [{ of: 'dan-file', file: '/dans/x.json', why }] }],
    [
      'incomplete | tap missing',
      { links: [] },
      { faults: [{ of: 'record', file: '/run/dan/x.json', why: undefined }] },
    ],
    ['incomplete | tap missing', { links: [] }, { faults: [{ of: 'ovs', database: defaultOvsDatabase, why }] }],
    ['unsure | the DAN file cannot be read', { entry: undefined }, { faults: [{ of: 'dan-file', file, why }] }],
    [
      'unsure | the DAN file cannot be read',
      { entry: undefined },
      { faults: [{ of: 'dan-directory', directory: dirname(file), why }] },
    ],
    ['incomplete | entry missing', { entry: undefined }, { faults: [{ of: 'dan-file', file: `${file}.json`, why }] }],
  ])('is %s', (expected, changes, around) => {
    expect(standing(changes, around)).toBe(expected);
  });

  it('has a port where it was made with one', () => {
    const links = [{ netns: undefined, link: tapOf(identity, { master: undefined }) }];
    const port = { database: defaultOvsDatabase, name };
    const item = { record: onSwitch(), links };
    expect(standing({ ...item, port })).toBe('attached');
    expect(standing({ ...item, port: { ...port, error: '"No such device"' } })).toBe(
      'altered | port in error: "No such device"',
    );
    expect(standing(item)).toBe('incomplete | port missing');
    expect(standing(item, { faults: [{ of: 'ovs', database: defaultOvsDatabase, why }] })).toBe(
      'unsure | the switch does not answer',
    );
  });
});
