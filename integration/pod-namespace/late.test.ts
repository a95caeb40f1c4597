import { describe, expect, test } from 'vitest';
import { Bench } from '../faults/bench.ts';
import { type DeviceName, podDeviceNames } from '../faults/devices.ts';
import { snapshot } from '../faults/snapshot.ts';
import { podName } from './pod.ts';

async function attached(device: DeviceName): Promise<Bench> {
  const bench = await Bench.create(device);
  const { exitCode, stdout } = await bench.run('ADD');
  expect(exitCode, stdout).toBe(0);
  return bench;
}

async function detach(bench: Bench, changes: Parameters<Bench['run']>[1] = {}): Promise<void> {
  expect(await bench.run('DEL', changes)).toMatchObject({ exitCode: 0, stdout: '' });
}

const nothing = /dan[0-9a-f]{11}|sandbox-1/;

describe.concurrent.each(['host-tap', ...podDeviceNames] as const)('DEL of %s', (device) => {
  test('twice', async () => {
    await using bench = await attached(device);
    await detach(bench);
    expect(await bench.differences()).toEqual([]);
    await detach(bench);
    expect(await bench.differences()).toEqual([]);
  });

  test('that is not told the namespace', async () => {
    await using bench = await attached(device);
    await detach(bench, { netns: '' });
    expect(await bench.differences()).toEqual([]);
  });

  test('whose configuration has changed since', async () => {
    await using bench = await attached(device);
    for (const changes of [
      { device: 'nonsense', runtime: 5, danConf: 'elsewhere', commandTimeout: 'x', ipam: { type: '../x' } },
      { device: device === 'macvtap' ? 'tcfilter' : 'macvtap', runtime: 'generic', master: 'lo', typo: true },
    ]) {
      await detach(bench, { config: bench.call('DEL', changes).config });
      expect(await bench.differences()).toEqual([]);
      expect((await bench.run('ADD')).exitCode).toBe(0);
    }
    await detach(bench, { config: { cniVersion: '1.1.0', name: 'net', type: 'dan' } });
    expect(await bench.differences()).toEqual([]);
  });

  test('after the namespace has gone with its path', async () => {
    await using bench = await attached(device);
    await bench.host.sh(`ip netns del ${podName}`);
    await detach(bench);
    expect((await snapshot(bench.host)).filter((fact) => nothing.test(fact))).toEqual([]);
    await detach(bench);
  });

  test('after the namespace has gone and left its path, an empty file', async () => {
    await using bench = await attached(device);
    await bench.host.sh(`umount /run/netns/${podName}; [ -f /run/netns/${podName} ]`);
    await detach(bench);
    await bench.host.sh(`rm /run/netns/${podName}`);
    expect((await snapshot(bench.host)).filter((fact) => nothing.test(fact))).toEqual([]);
  });

  test('after our links have gone', async () => {
    await using bench = await attached(device);
    const remove =
      "ip -o link show | sed -n 's/^[0-9]*: \\(dan[^:@]*\\).*/link del dev \\1/p' | ip -force -batch - || :";
    await bench.host.sh(`${remove}; ip netns exec ${podName} sh -c "$(cat <<'SCRIPT'\n${remove}\nSCRIPT\n)"`);
    await detach(bench);
    expect(await bench.differences()).toEqual([]);
  });

  test('under which the namespace of another pod stands at the path', async () => {
    await using bench = await attached(device);
    await bench.host.sh(`
      umount /run/netns/${podName}; rm /run/netns/${podName}
      ip netns add ${podName}
      ip -n ${podName} link add eth0 address 02:00:5e:10:00:77 txqueuelen 17 type veth peer name other
      ip -n ${podName} addr add 10.7.0.7/24 dev eth0
      ip -n ${podName} link set eth0 up`);
    const inPod = `ip -n ${podName} -d addr show; ip -n ${podName} route show table all`;
    const before = await bench.host.sh(inPod);
    await detach(bench);
    expect(await bench.host.sh(inPod)).toBe(before);
    expect((await snapshot(bench.host)).filter((fact) => nothing.test(fact))).toEqual([]);
  });
});

describe.concurrent.each(podDeviceNames)('DEL of %s', (device) => {
  test('after the interface in the pod has gone', async () => {
    await using bench = await attached(device);
    await bench.host.sh(`ip -n ${podName} link del eth0`);
    await detach(bench);
    expect(await bench.host.sh(`ip -n ${podName} -br link | cut -d ' ' -f 1`)).toBe('lo');
    expect((await snapshot(bench.host)).filter((fact) => nothing.test(fact))).toEqual([]);
  });

  test('after another interface came under the name of the one that was attached', async () => {
    await using bench = await attached(device);
    await bench.host.sh(`
      ip -n ${podName} link del eth0
      ip -n ${podName} link add eth0 address 02:00:5e:10:00:77 txqueuelen 17 type veth peer name other
      ip -n ${podName} addr add 10.7.0.7/24 dev eth0
      ip -n ${podName} link set eth0 up
      ip -n ${podName} link set other up
      ip -n ${podName} route add default via 10.7.0.1`);
    const inPod = `ip -n ${podName} -d -4 addr show dev eth0; ip -n ${podName} -d link show dev eth0; ip -n ${podName} -4 route`;
    const before = await bench.host.sh(inPod);
    await detach(bench);
    expect(await bench.host.sh(inPod)).toBe(before);
    expect((await snapshot(bench.host)).filter((fact) => nothing.test(fact))).toEqual([]);
  });
});
