import { describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { errorFaults } from './documented.ts';
import { callWithFault, orphansEnded, type Step } from './faults.ts';
import { stepAt, stepsOf } from './points.ts';

/** A call's last step that matches. */
async function stepLike(bench: Bench, command: 'ADD' | 'DEL', pattern: RegExp): Promise<Step> {
  const steps = await stepsOf(bench, command);
  const at = steps.findLastIndex((step) => pattern.test(step));
  expect(at, steps.join('\n')).toBeGreaterThanOrEqual(0);
  return stepAt(steps, at);
}

const bridges = [
  { device: 'host-tap', remove: 'ip link del br0', before: /tuntap add/ },
  { device: 'host-tap', remove: 'ip link del br0', before: /master br0/ },
  { device: 'host-tap on Open vSwitch', remove: 'ovs-vsctl del-br br0', before: /tuntap add/ },
  { device: 'host-tap on Open vSwitch', remove: 'ovs-vsctl --no-wait del-br br0', before: /add-port/ },
] as const;

// The IPAM plugin runs beside what makes the device. One that fails gives nothing that would have to be released.
const untilLeased = 'until ls /var/lib/cni/networks/*/10.* >/dev/null 2>&1; do sleep 0.01; done';

describe.concurrent('something happens between two steps', () => {
  test.each(bridges)('$remove before $before of $device: everything else is as before', async (wrong) => {
    const { device, remove, before } = wrong;
    await using bench = await Bench.create(device);
    const step = await stepLike(bench, 'ADD', before);
    const { host, call } = bench;
    const { answer, reached } = await callWithFault(host, call('ADD'), 'meanwhile', step, { script: remove });
    expect(reached).toBe(true);
    expect(errorFaults(answer)).toEqual([]);
    expect(answer.json).toMatchObject({ code: 113 });
    const left = async (): Promise<readonly string[]> =>
      (await bench.differences()).filter((line) => line.startsWith('left: ') && !/\b(port|cable)\b/.test(line));
    expect(await left()).toEqual([]);
    expect((await bench.run('DEL')).exitCode).toBe(0);
    expect(await left()).toEqual([]);
  });

  test('ADD that can take nothing back says all of it, and keeps the record', async () => {
    await using bench = await Bench.create('host-tap');
    const { host, call } = bench;
    const step = await stepLike(bench, 'ADD', /link set dev \S+ up/);
    const { answer } = await callWithFault(host, call('ADD'), 'fails-from-then-on', step, { script: untilLeased });
    expect(errorFaults(answer, 'any')).toEqual([]);
    expect(answer.json).toMatchObject({
      code: 113,
      details: expect.stringMatching(
        /could not remove the device dan[0-9a-f]{11}: .*could not release the addresses of IPAM plugin host-local: /s,
      ),
    });
    expect(await host.sh('ls /run/dan/attachments')).toMatch(/^dan[0-9a-f]{11}\.json$/);
    expect((await bench.run('DEL')).exitCode).toBe(0);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.cycleFaults()).toEqual([]);
  });

  // What `ip` had said by then, that one name does not exist, is true, but it does not mention the other name.
  test('ip dies in the middle of looking for a tap that is not marked yet: it is not taken for gone', async () => {
    await using bench = await Bench.create('host-tap');
    const { host, call } = bench;
    const made = await stepLike(bench, 'ADD', /tuntap add/);
    expect((await callWithFault(host, call('ADD'), 'killed-after', made)).reached).toBe(true);
    await orphansEnded(host);
    expect(await host.sh('cat /run/dan/attachments/*.json')).not.toContain('"entry"');
    const { answer, reached } = await callWithFault(host, call('DEL'), 'dies-midway', { tool: 'ip', nth: 1 });
    expect(reached).toBe(true);
    expect(errorFaults(answer)).toEqual([]);
    expect((await bench.run('DEL')).exitCode).toBe(0);
    expect(await bench.differences()).toEqual([]);
  });

  test('DEL is killed, and the IPAM plugin that it started takes no lease from a later ADD', async () => {
    await using bench = await Bench.create('host-tap');
    const { host, call } = bench;
    // The last: those before it only find out which CNI version the plugin speaks.
    const step = await stepLike(bench, 'DEL', /^host-local/);
    expect((await bench.run('ADD')).exitCode).toBe(0);
    expect((await callWithFault(host, call('DEL'), 'orphaned-for-long', step)).reached).toBe(true);
    expect((await bench.run('DEL')).exitCode).toBe(0);
    expect((await bench.run('ADD')).exitCode).toBe(0);
    await orphansEnded(host);
    expect(await host.sh('ls /var/lib/cni/networks/net')).toMatch(/^10\.88\./m);
    expect((await bench.run('DEL')).exitCode).toBe(0);
    expect(await bench.differences()).toEqual([]);
  });
});
