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

it.each(cases.filter(({ operation }) => isMessage(operation) && operation.op !== 'link-del'))(
  'is the message that "$command" sends',
  ({ operation, indexes, sent: [sent = ''] }) => {
    if (!isMessage(operation)) throw new Error('no message');
    // `ip` opens the pod's namespace itself, as its fifth file.
    const surroundings = { indexOf: (name: string) => indexes[name] ?? 0, podFile: () => 5 };
    expect(hex(encode(requestOf(operation, surroundings), sequenceOf(sent)))).toBe(sent);
  },
);
