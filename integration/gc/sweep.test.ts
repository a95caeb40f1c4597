import { afterEach, beforeEach, expect, test } from 'vitest';
import { traces } from '../harness/traces.ts';
import { holdSandboxLocks, Node, plain } from './lost-sandbox.ts';
import { letTimePass } from './time.ts';

let node: Node;

beforeEach(async () => {
  node = await Node.create();
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

test('a record that cannot be read does not keep a sweep from what comes behind it', async () => {
  await node.loseSandbox();
  // The first of all in the order, and not a file.
  const unreadable = '/run/dan/attachments/dan00000000000.json';
  await node.host.sh(`mkdir ${unreadable}`);
  await letTimePass(node.host);
  const { stderr } = await node.anotherCall();
  expect(stderr).toContain('removing an attachment that nothing uses any more');
  await node.host.sh(`rmdir ${unreadable}`);
  expect(await traces(node.host)).toEqual(node.withoutIt);
});

test('what a writer of a record left that was killed is removed, unless somebody works at its sandbox', async () => {
  await node.loseSandbox();
  await node.host.sh(`echo '{"for' >/run/dan/attachments/.dan00000000000.lost.tmp`);
  const there = await traces(node.host);
  const release = await holdSandboxLocks(node.host);
  await letTimePass(node.host);
  // A sandbox with another lock.
  await node.must('DEL', plain, 'x-1');
  expect(await traces(node.host)).toEqual(there);
  await release();
  await letTimePass(node.host);
  await node.expectRemoved();
});
