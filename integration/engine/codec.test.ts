import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { MessageOperation } from '../../src/host/netlink/request.ts';
import { type Asked, answer } from '../../test/host/netlink/codec.ts';
import operations from '../../test/host/netlink/fixtures/operations.json' with { type: 'json' };
import reads from '../../test/host/netlink/fixtures/reads.json' with { type: 'json' };
import { buildForHost } from './programs.ts';

const base64 = (digits: string): string => Buffer.from(digits, 'hex').toString('base64');

// What `ip`, `tc` and `bridge` sent and received, as recorded in test/host/netlink.
const asked: Asked = {
  operations: operations.cases
    .filter(({ operation }) => !['addresses-flush', 'ipv6-off', 'tap-add', 'link-del'].includes(operation.op))
    .map(({ operation, indexes }, sequence) => ({
      operation: operation as MessageOperation,
      indexes: indexes,
      sequence,
    })),
  messages: reads.cases.flatMap(({ heard }) => heard.map(base64)),
};

describe.each([
  ['x86_64', []],
  ['aarch64', ['qemu-aarch64']],
] as const)('the netlink codec on the host for %s', (processor, emulator) => {
  it('writes and reads every message as on Node', async () => {
    const program = await buildForHost('test/host/netlink/on-native.ts', `codec-${processor}`, processor);
    const [first, ...others] = [...emulator, program];
    const { stdout } = await execa(first, others, { input: JSON.stringify(asked) });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(answer(asked))));
  });
});
