import { afterAll, beforeAll, expect, test } from 'vitest';
import { networkConfig } from '../host-tap/network.ts';
import { OvsNode } from '../ovs/node.ts';
import { Operator } from './operator.ts';

const config = networkConfig();

let node: OvsNode;
let operator: Operator;

beforeAll(async () => {
  node = await OvsNode.create();
  operator = new Operator(node.host);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

test('the port of an Open vSwitch is a part of its attachment', async () => {
  const before = await node.traces();
  await node.must('ADD', config);
  const [attached] = await operator.list();
  expect(attached).toMatchObject({ device: 'host-tap', bridge: 'br0', state: 'attached' });
  expect((await operator.dan('show', 'sandbox-1')).stdout).toMatch(
    /^ {2}port {4}dan\w+ of bridge br0 in the Open vSwitch at unix:\S+: the switch runs it$/m,
  );
  await node.ovs.vsctl('del-port', attached?.link ?? '');
  expect(await operator.states()).toEqual(['incomplete: port missing']);
  await node.must('DEL', config);
  expect(await node.traces()).toEqual(before);
});

test('a port that outlived the node is an orphan, and DEL by hand removes it', async () => {
  const before = await node.traces();
  await node.must('ADD', config);
  await node.host.sh(
    'rm /run/dan/attachments/* /run/kata-containers/dans/*; ip link del $(ip -br link | grep -o "^dan[0-9a-f]*")',
  );
  const [orphan] = await operator.list('--orphans');
  expect(orphan).toMatchObject({ state: 'orphan', parts: ['record missing'] });
  expect(orphan?.left).toEqual([expect.stringContaining('in the Open vSwitch at unix:') as string]);
  await operator.mend();
  expect(await node.traces()).toEqual(before);
});

test('a switch that does not answer leaves the state open', async () => {
  await node.must('ADD', config);
  await node.ovs.stopDatabase();
  expect(await operator.states()).toEqual(['unsure: the switch does not answer']);
  expect(await operator.dan('list')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('cannot be reached') as string,
  });
  await node.ovs.startDatabase();
  await node.must('DEL', config);
});

test('a switch whose database hangs is not waited for as long as ADD waits', async () => {
  await node.must('ADD', config);
  await node.host.sh('kill -STOP $(cat /run/openvswitch/ovsdb-server.pid)');
  expect(await operator.dan('list')).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('unsure: the switch does not answer') as string,
    stderr: expect.stringContaining('did not answer within 4 s') as string,
  });
  await node.host.sh('kill -CONT $(cat /run/openvswitch/ovsdb-server.pid)');
  await node.must('DEL', config);
});
