import { describe, expect, it } from 'vitest';
import { interfacesIn, reach, takenIn, withAgent } from '../../src/hotplug/reach.ts';
import { findRunning, findSandbox, refuseStartedMeanwhile } from '../../src/hotplug/running.ts';
import type { Door } from '../../src/monitor/monitor.ts';
import type { FakeAgent } from '../agent/fake-agent.ts';
import { eachTest } from '../agent/scene.ts';

let agent: FakeAgent;
let deadline: number;
eachTest((scene) => {
  ({ agent } = scene);
  deadline = performance.now() + 5000;
});

describe('what a guest has already', () => {
  const door: Door = { kind: 'qemu-qmp', socket: '/run/m.sock' };
  const asked = { name: 'net1', mac: '02:00:00:00:00:a1' };
  const taken = (): Promise<Error | undefined> =>
    takenIn({ sandbox: 'sandbox-1', door, agent: agent.url }, asked, deadline);
  const has = (name: string, hwAddr: string): void => {
    agent.manners = { ListInterfaces: { answer: { Interfaces: [{ name: 'lo' }, { name, hwAddr }] } } };
  };

  it.each([
    ['net1', '02:00:00:00:00:FF', /has an interface "net1" .*: give it another name$/],
    ['eth0', '02:00:00:00:00:A1', /has an interface "eth0" with the MAC 02:00:00:00:00:a1 .*: give it another MAC$/],
  ])('refuses a further interface where it is %s with %s', async (name, hwAddr, message) => {
    has(name, hwAddr);
    await expect(taken()).resolves.toMatchObject({
      name: 'duplicate-in-sandbox',
      message: expect.stringMatching(message),
    });
  });

  it('refuses none where both are others, or where its agent keeps them to itself', async () => {
    has('eth0', '02:00:00:00:00:ff');
    await expect(taken()).resolves.toBeUndefined();
    agent.manners = { ListInterfaces: { refuse: 7, words: 'blocked by policy' } };
    await expect(taken()).resolves.toBeUndefined();
  });

  it('is not known where the agent fails otherwise, and no connection stays', async () => {
    agent.manners = { ListInterfaces: { refuse: 13, words: 'broken' } };
    await expect(taken()).rejects.toMatchObject({ name: 'agent-failed' });
    await expect(withAgent(agent.url, deadline, interfacesIn)).rejects.toMatchObject({ name: 'agent-failed' });
    await expect.poll(() => agent.open.size).toBe(0);
  });
});

describe('a sandbox that is not there', () => {
  const search = { id: 'no-such-sandbox', netnsInode: 1, recorded: [{ sandbox: 'nor-this', netnsInode: 1 }] };

  it('is not found, and does not run', async () => {
    expect(findSandbox(search)).toBeUndefined();
    await expect(findRunning({ ...search, deadline })).resolves.toBeUndefined();
  });

  it('cannot be reached, and the error says that nothing was made', async () => {
    const reached = reach({ sandbox: 'no-such-sandbox', shim: '/run/no-such-shim' }, deadline);
    await expect(reached).rejects.toMatchObject({
      name: 'no-monitor',
      message: expect.stringMatching(/; nothing was made$/),
    });
  });

  it('did not start while it was attached', async () => {
    const holds = (): Promise<boolean> => Promise.reject(new Error('nobody asks'));
    await expect(refuseStartedMeanwhile({ ...search, deadline }, holds)).resolves.toBeUndefined();
  });
});
