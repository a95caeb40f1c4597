import { describe, expect, test } from 'vitest';
import { Bench } from '../faults/bench.ts';
import { deviceNames, isOnOpenVSwitch } from '../faults/devices.ts';
import { type Program, programs } from '../harness/plugin.ts';
import { whatIsMade } from './made.ts';

const pairs = [
  ['rtnetlink', 'iproute2'],
  ['iproute2', 'rtnetlink'],
] as const;

// Open vSwitch chooses attributes of its ports itself.
const kinds = deviceNames.filter((name) => !isOnOpenVSwitch(name) && name !== 'vhost-user');

async function add(bench: Bench, program: Program): Promise<Readonly<Record<string, unknown>>> {
  // An IPAM plugin would give each of the two other addresses.
  const { exitCode, stdout, json } = await bench.run('ADD', { ...bench.call('ADD', { ipam: undefined }), program });
  expect(exitCode, stdout).toBe(0);
  return json;
}

async function del(bench: Bench, program: Program): Promise<void> {
  expect(await bench.run('DEL', { program })).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await bench.differences()).toEqual([]);
}

describe.concurrent.each(kinds)('%s, made by rtnetlink and by iproute2', (device) => {
  test('is the same in every attribute', async () => {
    await using bench = await Bench.create(device);
    const made = async (program: Program): Promise<unknown> => {
      const result = await add(bench, program);
      const there = await whatIsMade(bench.host);
      await del(bench, program);
      return { result, there };
    };
    expect(await made(programs.rtnetlink)).toEqual(await made(programs.iproute2));
  });

  test.each(pairs)('by %s, is checked and detached by %s', async (one, other) => {
    await using bench = await Bench.create(device);
    const prevResult = await add(bench, programs[one]);
    const { config } = bench.call('CHECK', { ipam: undefined, prevResult });
    expect(await bench.run('CHECK', { config, program: programs[other] })).toMatchObject({ exitCode: 0, stdout: '' });
    await del(bench, programs[other]);
  });
});

test('CHECK by both tells the same of what was changed', async () => {
  await using bench = await Bench.create('tcfilter for runtime-rs');
  const prevResult = await add(bench, programs.rtnetlink);
  await bench.host.sh(`
    tap=$(ip -o link show type tun | sed -E 's/^[0-9]+: ([^:@]+).*/\\1/')
    ip link set $tap mtu 1300 address 02:00:00:00:00:01
    tc qdisc del dev $tap ingress
    echo 0 >/proc/sys/net/ipv6/conf/$tap/disable_ipv6
    ip -n pod addr del 10.1.0.5/24 dev eth0`);
  const { config } = bench.call('CHECK', { prevResult });
  const check = async (program: Program): Promise<unknown> =>
    (await bench.run('CHECK', { config, program })).json['msg'];
  const told = await check(programs.rtnetlink);
  expect(told).toMatch(/MAC is .* MTU is 1300.* is gone.*IPv6 is on at dan.*no longer has the address 10\.1\.0\.5/s);
  expect(await check(programs.iproute2)).toBe(told);
});
