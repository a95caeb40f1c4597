import { hex } from '#bytes';
import { expect, it } from 'vitest';
import { encode } from '../../../src/host/netlink/message.ts';
import { type MessageOperation, requestOf } from '../../../src/host/netlink/request.ts';
import type { InterfaceName } from '../../../src/model/interface-name.ts';
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

// In two cases, `ip` makes the same request in another way.
const others: readonly string[] = ['hairpin-on', 'link-del'];

it.each(cases.filter(({ operation }) => isMessage(operation) && !others.includes(operation.op)))(
  'is the message that "$command" sends',
  ({ operation, indexes, sent: [sent = ''] }) => {
    if (!isMessage(operation)) throw new Error('no message');
    // `ip` opens the pod's namespace itself, as file 5.
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
  // IFLA_LINKINFO with IFLA_INFO_SLAVE_KIND "bridge", and IFLA_INFO_SLAVE_DATA as from `ip`.
  expect(asked.slice(64)).toBe(`1c0012000a000400${hex(Buffer.from('bridge'))}0000${sent[0]?.slice(-24) ?? ''}`);
});

it('makes an ifb, and a token bucket filter without the table that `tc` computes', () => {
  const surroundings = { indexOf: () => 7, podFile: () => 5 };
  const name = 'dan0' as InterfaceName;
  const asked = (operation: MessageOperation): string => hex(encode(requestOf(operation, surroundings), 1));
  // After struct ifinfomsg: IFLA_MTU, IFLA_ADDRESS, IFLA_IFNAME, IFLA_LINKINFO with IFLA_INFO_KIND
  const kind = `0700 0100 ${hex(Buffer.from('ifb'))} 00`;
  expect(asked({ op: 'ifb-add', in: 'host', name, mac: 'fe:00:00:00:00:01', mtu: 1500 }).slice(64)).toBe(
    `0800 0400 dc050000 0a00 0100 fe0000000001 0000 0900 0300 ${hex(Buffer.from('dan0'))} 00000000 0c00 1200 ${kind}`.replaceAll(
      ' ',
      '',
    ),
  );
  // struct tcmsg with TC_H_ROOT, TCA_KIND, TCA_OPTIONS with TCA_TBF_PARMS and TCA_TBF_BURST: 1 MB a second for
  // Ethernet.
  const head = `00000000 07000000 00000100 ffffffff 00000000 0800 0100 ${hex(Buffer.from('tbf'))} 00`;
  const rates = '00010000 00000000 40420f00 00000000 00000000 00000000';
  const sizes = 'a8e10000 00d00700 00000000 0800 0600 00800000';
  const bucket = { rate: 1_000_000, burst: 32_768, limit: 57_768 };
  expect(asked({ op: 'tbf-add', in: 'host', name, ...bucket }).slice(32)).toBe(
    `${head} 3400 0200 2800 0100 ${rates} ${sizes}`.replaceAll(' ', ''),
  );
  // A rate of more than 32 bits has a separate attribute.
  expect(asked({ op: 'tbf-add', in: 'host', name, ...bucket, rate: 5_000_000_000 })).toContain(
    '0c000400 00f2052a 01000000'.replaceAll(' ', ''),
  );
});
