import { describe, expect, it } from 'vitest';

import { gc } from '../../../src/attach/gc/gc.ts';
import { taskOf } from '../add/task.ts';

function run(list: object): Promise<void> {
  const { request, log } = taskOf({});
  // A call that goes on to look for leftovers fails here.
  const ovs = { db: 'unix:/nonexistent/db.sock' };
  const document = { cniVersion: '1.1.0', name: 'gc-test', type: 'dan', bridge: 'br0', ovs, ...list };
  return gc({ ...request, input: { cniVersion: '1.1.0', name: 'gc-test', document } }, log);
}

describe('GC', () => {
  // An empty list and a missing one are different: with the latter, nothing must be removed.
  it('does nothing without a list of the attachments in use', async () => {
    await expect(run({})).resolves.toBeUndefined();
  });

  it.each([
    [{ 'cni.dev/valid-attachments': 'all' }],
    [{ 'cni.dev/valid-attachments': {} }],
    [{ 'cni.dev/valid-attachments': ['sandbox-1'] }],
    [{ 'cni.dev/valid-attachments': [{ containerID: 'sandbox-1' }] }],
    [{ 'cni.dev/valid-attachments': [{ ifname: 'eth0' }] }],
    [
      {
        'cni.dev/valid-attachments': [
          { containerID: 'sandbox-1', ifname: 'eth0' },
          { containerID: 7, ifname: 'eth0' },
        ],
      },
    ],
    [{ 'cni.dev/valid-attachments': [{ containerId: 'sandbox-1', ifname: 'eth0' }] }],
  ])('refuses a list that it cannot read, and removes nothing: %j', async (list) => {
    await expect(run(list)).rejects.toMatchObject({
      name: 'invalid-configuration',
      message: expect.stringMatching(/^"cni\.dev\/valid-attachments" .*: nothing was removed$/),
    });
  });
});
