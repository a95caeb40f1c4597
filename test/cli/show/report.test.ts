import { expect, it } from 'vitest';
import type { Details } from '../../../src/cli/show/report.ts';
import { report, toJson } from '../../../src/cli/show/report.ts';
import { painter } from '../../../src/cli/text/paint.ts';
import { defaultOvsDatabase } from '../../../src/model/ovs.ts';
import { recordOf, tapOf } from '../../node/attachments/attachment.ts';

const record = recordOf();
const tap = tapOf();
const none = { packets: 0, bytes: 0, errors: 0, dropped: 0 };
const details: Details = {
  described: {
    network: 'kata-net',
    sandbox: 'sandbox-1',
    ifname: 'eth0',
    device: 'host-tap',
    link: tap.name,
    bridge: 'br0',
    guestMac: record.guestMac,
    addresses: ['10.88.0.5/24'],
    netns: record.netns,
    file: '/dans/sandbox-1.json',
    pluggedInto: undefined,
    state: 'attached',
    parts: [],
    left: [],
    cure: undefined,
  },
  recordPath: `/run/dan/attachments/${tap.name}.json`,
  record,
  entry: { file: '/dans/sandbox-1.json', entry: { name: 'eth0', note: '\u2028\u202e' }, index: 0 },
  links: [
    {
      netns: undefined,
      link: tap,
      counters: { received: { ...none, packets: 3, bytes: 180 }, sent: { ...none, dropped: 2 } },
    },
  ],
  port: { database: defaultOvsDatabase, name: tap.name, bridge: 'br0', error: '"No such device"' },
  check: [],
};

it('has everything about a sandbox, and nothing that a terminal would obey', () => {
  const holder = { pid: 42, seconds: 3, command: 'CNI_COMMAND=ADD dan \u001b[2J' };
  const lock = { path: '/run/dan/locks/sandbox-abc', holder };
  expect(report({ id: 'sandbox-1', lock, attachments: [details] }, painter(false))).toBe(
    [
      'sandbox sandbox-1',
      '  lock    held for at most 3 s by process 42: CNI_COMMAND=ADD dan \\u001b[2J (/run/dan/locks/sandbox-abc)',
      '',
      'eth0 of network kata-net: attached',
      `  device  host-tap ${tap.name}, bridge br0`,
      `  guest   ${record.guestMac}, 10.88.0.5/24`,
      `  record  /run/dan/attachments/${tap.name}.json`,
      '  pod     /run/netns/pod',
      `  link    ${tap.name} (tap) on the host: up, MTU 1500, MAC ${tap.mac ?? ''}, master br0, received 3 packets (180 bytes), sent 0 packets (0 bytes, 2 dropped)`,
      `  port    ${tap.name} of bridge br0 in the Open vSwitch at ${defaultOvsDatabase}: "No such device"`,
      '  check   as ADD made it',
      '  entry   0 in /dans/sandbox-1.json',
      '          {',
      '            "name": "eth0",',
      '            "note": "\\u2028\\u202e"',
      '          }',
      '',
    ].join('\n'),
  );
});

it('says what there is not', () => {
  const bare: Details = {
    ...details,
    recordPath: undefined,
    record: undefined,
    entry: undefined,
    links: [],
    port: undefined,
    check: undefined,
  };
  const text = report({ id: 'sandbox-1', lock: undefined, attachments: [bare] }, painter(false));
  expect(text).toContain('  lock    free\n');
  expect(text).toContain('  record  none\n');
  expect(text).toContain('  entry   none\n');
  expect(text).not.toContain('check');
});

it('is the same as JSON, with null for what there is not', () => {
  const json = toJson({ id: 'sandbox-1', lock: undefined, attachments: [details] });
  expect(json).toMatchObject({
    sandbox: 'sandbox-1',
    lock: null,
    attachments: [
      { ifname: 'eth0', state: 'attached', links: [{ netns: null, name: tap.name, mtu: 1500 }], check: [] },
    ],
  });
});
