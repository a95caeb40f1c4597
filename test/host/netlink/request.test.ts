import { hex } from '#bytes';
import { expect, it } from 'vitest';
import { encode } from '../../../src/host/netlink/message.ts';
import { type MessageOperation, requestOf } from '../../../src/host/netlink/request.ts';
import type { KernelOperation } from '../../../src/model/operation.ts';
import fixture from './fixtures/operations.json' with { type: 'json' };

interface Case {
  readonly operation: KernelOperation;
  readonly command: string;
  readonly indexes: Readonly<Record<string, number>>;
  readonly sent: readonly string[];
}

const cases = fixture.cases as unknown as readonly Case[];

const isMessage = (operation: KernelOperation): operation is MessageOperation =>
  !['addresses-flush', 'ipv6-off', 'tap-add'].includes(operation.op);

const sequenceOf = (digits: string): number => Buffer.from(digits, 'hex').readUInt32LE(8);

// In two cases, `ip` asks for the same in another way.
const others: readonly string[] = ['hairpin-on', 'link-del'];

it.each(cases.filter(({ operation }) => isMessage(operation) && !others.includes(operation.op)))(
  'is the message that "$command" sends',
  ({ operation, indexes, sent: [sent = ''] }) => {
    if (!isMessage(operation)) throw new Error('no message');
    // `ip` opens the pod's namespace itself, as its fifth file.
    const surroundings = { indexOf: (name: string) => indexes[name] ?? 0, podFile: () => 5 };
    expect(hex(encode(requestOf(operation, surroundings), sequenceOf(sent)))).toBe(sent);
  },
);

it('switches the hairpin mode of a port on, naming no kind of link', () => {
  const [found] = cases.filter(({ operation }) => operation.op === 'hairpin-on');
  if (found === undefined || !isMessage(found.operation)) throw new Error('no message');
  const { operation, indexes, sent } = found;
  const surroundings = { indexOf: (name: string) => indexes[name] ?? 0, podFile: () => 5 };
  const asked = hex(encode(requestOf(operation, surroundings), sequenceOf(sent[0] ?? '')));
  // IFLA_LINKINFO with IFLA_INFO_SLAVE_KIND "bridge", and IFLA_INFO_SLAVE_DATA as `ip` has it.
  expect(asked.slice(64)).toBe(`1c0012000a000400${hex(Buffer.from('bridge'))}0000${sent[0]?.slice(-24) ?? ''}`);
});
