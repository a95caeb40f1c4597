import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stepOf } from '../../src/host/operation-text.ts';
import type { KernelOperation, Where } from '../../src/model/operation.ts';
import { Host } from '../harness/host.ts';
import { makePod, podName, podNetns } from '../pod-namespace/pod.ts';
import { operations, prepareOperations } from './captured-operations.ts';
import { prepareReads, reads } from './captured-reads.ts';
import { type Messages, messagesOf } from './strace-dump.ts';

// Records what `ip`, `tc` and `bridge` send to the kernel and receive from it, for the unit tests of src/host/netlink:
// `npm run capture`. Needs root and strace. Run it again after an operation is added.

const fixtures = fileURLToPath(new URL('../../test/host/netlink/fixtures/', import.meta.url));

await captureOperations();
await captureReads();

async function captureOperations(): Promise<void> {
  await using host = await Host.create();
  await makePod(host);
  await host.sh(prepareOperations);
  const cases: unknown[] = [];
  for (const operation of operations) {
    const indexes = { ...(await indexesOf(host, 'host')), ...(await indexesOf(host, 'pod')) };
    const step = stepOf(operation);
    if (step.by === 'sysctl') throw new Error(`${operation.op} is no message`);
    const { sent } = await captured(host, step.in, `${step.by} -batch -`, [step.line]);
    cases.push({
      operation,
      command: `${step.by} ${step.line}`,
      indexes: named(indexes, operation),
      sent: changing(sent),
    });
  }
  await write(host, 'operations', cases);
}

async function captureReads(): Promise<void> {
  await using host = await Host.create();
  await makePod(host);
  await host.sh(prepareReads);
  const cases: unknown[] = [];
  for (const [what, { in: where, tool, lines }] of Object.entries(reads)) {
    const { heard, printed } = await captured(host, where, `${tool} -batch -`, lines);
    cases.push({
      what,
      commands: lines.map((line) => `${tool} ${line}`),
      indexes: await indexesOf(host, where),
      heard,
      printed,
    });
  }
  await write(host, 'reads', cases);
}

async function captured(
  host: Host,
  where: Where,
  tool: string,
  lines: readonly string[],
): Promise<Messages & { printed: unknown }> {
  const trace = `${host.directory}/trace`;
  const enter = where === 'pod' ? `nsenter --net=${podNetns}` : '';
  const strace = `strace -e trace=sendmsg,sendto,recvmsg -e raw=sendmsg,sendto,recvmsg -e write=all -e read=all -o ${trace}`;
  const script = `exec 3<${podNetns}; ${enter} ${strace} ${tool} || :`;
  const { stdout } = await host.run('sh', ['-c', script], { input: lines.map((line) => `${line}\n`).join('') });
  const printed = stdout.split('\n').flatMap((line) => (line.startsWith('[') ? [JSON.parse(line) as unknown] : []));
  return { ...messagesOf(await host.sh(`cat ${trace}`)), printed };
}

// The type of a request, divided by 4, leaves 2 (RTM_GET... of linux/rtnetlink.h). `ip` also sends an empty message
// without a number, to find out what the kernel supports.
function changing(sent: readonly string[]): readonly string[] {
  return sent.filter((hex) => {
    const message = Buffer.from(hex, 'hex');
    return message.readUInt16LE(4) % 4 !== 2 && message.readUInt32LE(8) !== 0;
  });
}

async function indexesOf(host: Host, where: Where): Promise<Readonly<Record<string, number>>> {
  const ip = where === 'host' ? 'ip' : `ip -n ${podName}`;
  const links = JSON.parse(await host.sh(`${ip} -j link show`)) as {
    ifname: string;
    ifindex: number;
    altnames?: string[];
  }[];
  return Object.fromEntries(
    links.flatMap(({ ifname, ifindex, altnames = [] }) => [ifname, ...altnames].map((one) => [one, ifindex])),
  );
}

function named(
  indexes: Readonly<Record<string, number>>,
  operation: KernelOperation,
): Readonly<Record<string, number>> {
  const values: readonly unknown[] = Object.values(operation);
  return Object.fromEntries(Object.entries(indexes).filter(([name]) => values.includes(name)));
}

async function write(host: Host, name: string, cases: unknown): Promise<void> {
  const versions = `${await host.sh('ip -V')}, Linux ${await host.sh('uname -r')}`;
  writeFileSync(`${fixtures}${name}.json`, `${JSON.stringify({ versions, cases }, null, 1)}\n`);
}
