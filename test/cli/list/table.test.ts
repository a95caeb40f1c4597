import { describe, expect, it } from 'vitest';
import type { Described } from '../../../src/cli/list/described.ts';
import { jsonLines } from '../../../src/cli/list/json.ts';
import { paragraphs } from '../../../src/cli/list/paragraphs.ts';
import { shortIds } from '../../../src/cli/list/short-ids.ts';
import { table } from '../../../src/cli/list/table.ts';
import { painter } from '../../../src/cli/text/paint.ts';

const plain = painter(false);
const one: Described = {
  network: 'kata-net',
  sandbox: '3f9c1e7a02b4d5566778899aabbccddeeff00112233445566778899aabbccdde',
  ifname: 'eth0',
  device: 'host-tap',
  link: 'dan3f9c1e7a02b',
  bridge: 'br0',
  guestMac: '02:00:00:00:00:01',
  addresses: ['10.88.0.5/24'],
  netns: '/run/netns/pod',
  file: '/dans/a.json',
  pluggedInto: undefined,
  state: 'attached',
  parts: [],
  left: [],
  cure: undefined,
};

const tableOf = (attachment: Described): string => [...table([attachment], plain)].join('\n');

describe('the table', () => {
  it('has a line for each attachment, with as much of its id as crictl shows', () => {
    expect(tableOf(one)).toBe(
      [
        'SANDBOX        NETWORK   IFNAME  DEVICE    LINK            ADDRESSES     STATE',
        '3f9c1e7a02b4d  kata-net  eth0    host-tap  dan3f9c1e7a02b  10.88.0.5/24  attached',
      ].join('\n'),
    );
  });

  it('says what a state is due to, and has a dash for what nothing tells', () => {
    const lost = { ...one, device: undefined, addresses: [], state: 'orphan', parts: ['record missing'] } as const;
    expect(tableOf(lost)).toMatch(/eth0 {4}- {7}dan3f9c1e7a02b {2}- {10}orphan: record missing$/);
  });

  it('shows nothing that could move a terminal', () => {
    const hostile = { ...one, addresses: ['\u001b[2J'], device: '\u0007' };
    expect(tableOf(hostile)).not.toMatch(/[\u001b\u0007]/);
  });
});

describe('an id', () => {
  it.each([
    ['sandbox-1', [], 'sandbox-1'],
    ['0123456789abcdef', [], '0123456789abc'],
    ['0123456789abcdef', ['0123456789abcdef'], '0123456789abc'],
    ['0123456789abcdef', ['0123456789abcd00'], '0123456789abcde'],
    ['0123456789abcd', ['0123456789abcdef'], '0123456789abcd'],
  ])('%s beside %j is shown as %s', (id, others, shown) => {
    expect(shortIds([id, ...others])(id)).toBe(shown);
  });
});

it.each([
  [[], []],
  [[one], ['it is a "FIFO"']],
  [[one, { ...one, ifname: 'eth1', parts: ['a', 'b'] }], []],
])('JSON is that of the whole: %#', (attachments, unread) => {
  expect([...jsonLines(attachments, unread)].join('\n')).toBe(JSON.stringify({ attachments, unread }, null, 2));
});

it('a paragraph says what is left, and what fixes it, with the command whole in a line of its own, and with the whole id', () => {
  const orphan = {
    ...one,
    state: 'orphan',
    parts: ['record missing'],
    left: ['link x on the host'],
    cure: `restart the pod, or remove what is left:\n    printf %s ${'x'.repeat(120)} | dan`,
  } as const;
  expect([...paragraphs([orphan], plain)].join('\n')).toBe(
    [
      `eth0 of sandbox ${one.sandbox} in network kata-net: orphan: record missing`,
      '  left: link x on the host',
      '  fix: restart the pod, or remove what is left:',
      `      printf %s ${'x'.repeat(120)} | dan`,
    ].join('\n'),
  );
});
