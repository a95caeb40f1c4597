import { afterEach, beforeEach, expect, test } from 'vitest';
import { traces } from '../harness/traces.ts';
import { Node } from './lost-sandbox.ts';
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
  // Before all others in their order, and no file at all.
  const unreadable = '/run/dan/attachments/dan00000000000.json';
  await node.host.sh(`mkdir ${unreadable}`);
  await letTimePass(node.host);
  const { stderr } = await node.anotherCall();
  expect(stderr).toContain('an attachment that nobody had any more is removed');
  await node.host.sh(`rmdir ${unreadable}`);
  expect(await traces(node.host)).toEqual(node.withoutIt);
});
