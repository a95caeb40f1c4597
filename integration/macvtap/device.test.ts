import { describe, expect, test } from 'vitest';
import { Bench } from '../faults/bench.ts';
import { podMac, podName } from '../pod-namespace/pod.ts';

interface Shown {
  readonly ifname: string;
  readonly address: string;
  readonly link?: string;
  readonly mtu: number;
  readonly operstate: string;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number }[];
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: { readonly mode?: string } };
}

async function links({ host }: Bench): Promise<{ readonly master: Shown; readonly macvtap: Shown }> {
  const all = JSON.parse(await host.sh(`ip -n ${podName} -j -d addr show`)) as readonly Shown[];
  const master = all.find(({ ifname }) => ifname === 'eth0')!;
  return { master, macvtap: all.find(({ linkinfo }) => linkinfo?.info_kind === 'macvtap')! };
}

async function add(bench: Bench, changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const { exitCode, stdout } = await bench.run('ADD', { config: bench.call('ADD', changes).config });
  expect(exitCode, stdout).toBe(0);
}

async function expectRestored(bench: Bench): Promise<void> {
  expect(await bench.run('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await bench.differences()).toEqual([]);
}

/** What other plugins compare in the CHECK of a link that they made. */
function seenByPlugins({ address, addr_info: addresses }: Shown): object {
  return { address, addresses: addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`) };
}

const node = '/run/dan/macvtap/*';

describe.concurrent('a macvtap', () => {
  // Only the program for Node passes a file to "ip". If it is killed after it has made one, the file stays under its
  // name.
  if (process.env['DAN_TEST_PROGRAM'] === 'iproute2') {
    test('is removed by a DEL that also removes what an earlier DEL left when it was killed', async () => {
      await using bench = await Bench.create('macvtap');
      await add(bench);
      const left = await bench.host.sh(`
        file=/run/dan/restore-$(stat -L -c %i /run/netns/${podName})-eth0
        echo 'half of a dump' >"$file"; echo "$file"`);
      await expectRestored(bench);
      expect(await bench.host.sh(`ls ${left} 2>&1 || true`)).toContain('No such file');
    });
  }

  test.each(['bridge', 'private', 'vepa', 'passthru'] as const)(
    'in mode %s takes over, and gives back',
    async (mode) => {
      await using bench = await Bench.create('macvtap');
      const { master: before } = await links(bench);
      await add(bench, { mode });
      const { master, macvtap } = await links(bench);
      expect(macvtap).toMatchObject({ address: podMac, link: 'eth0', mtu: 1450, operstate: 'UP', addr_info: [] });
      expect(macvtap.linkinfo?.info_data?.mode).toBe(mode);
      if (mode === 'passthru') expect(seenByPlugins(master)).toEqual(seenByPlugins(before));
      else expect(master).toMatchObject({ addr_info: [], address: expect.not.stringMatching(podMac) });
      const file = JSON.parse(await bench.host.sh('cat /run/kata-containers/dans/sandbox-1.json')) as object;
      expect(file).toMatchObject({
        netns: `/run/netns/${podName}`,
        devices: [
          {
            guest_mac: podMac,
            device: {
              type: 'host-tap',
              tap_name: macvtap.ifname,
              queue_num: 1,
              macvtap: { path: `/run/dan/macvtap/${macvtap.ifname}`, mode },
            },
          },
        ],
      });
      await expectRestored(bench);
    },
  );

  test.each([
    { who: {}, stat: '0:0 600' },
    { who: { owner: 1000 }, stat: '1000:0 600' },
    { who: { group: 2000 }, stat: '0:2000 660' },
    { who: { owner: 1000, group: 2000 }, stat: '1000:2000 660' },
  ])('has a node with the users of $who', async ({ who, stat }) => {
    await using bench = await Bench.create('macvtap');
    await add(bench, { group: undefined, ...who });
    expect(await bench.host.sh(`stat -c '%u:%g %a' ${node}; stat -c %F ${node}`)).toBe(
      `${stat}\ncharacter special file`,
    );
    const opens = async (user: number, group: number): Promise<boolean> => {
      const as = [
        '--reuid',
        String(user),
        '--regid',
        String(group),
        '--clear-groups',
        'sh',
        '-c',
        `exec 3<>$(echo ${node})`,
      ];
      return (await bench.host.run('setpriv', as)).exitCode === 0;
    };
    expect(await opens(1000, 1000)).toBe('owner' in who);
    expect(await opens(1001, 2000)).toBe('group' in who);
    expect(await opens(1001, 1001)).toBe(false);
    await expectRestored(bench);
    expect(await bench.host.sh('ls /run/dan/macvtap')).toBe('');
  });

  test('can be opened where device nodes of /run are dead, as systemd mounts it', async () => {
    await using bench = await Bench.create('macvtap');
    await bench.host.sh('mount -o remount,nosuid,nodev /run');
    await add(bench);
    await bench.host.sh(`exec 3<>$(echo ${node})`);
    await expectRestored(bench);
  });

  test('is checked, with its node and the link it stands on', async () => {
    await using bench = await Bench.create('macvtap');
    const { json } = await bench.run('ADD');
    const check = (): ReturnType<Bench['run']> =>
      bench.run('CHECK', { config: bench.call('CHECK', { prevResult: json }).config });
    expect(await check()).toMatchObject({ exitCode: 0 });
    await bench.host.sh(`mv ${node} /run/elsewhere`);
    expect((await check()).json).toMatchObject({ code: 115, msg: expect.stringContaining('/run/dan/macvtap/') });
    await bench.host.sh('mv /run/elsewhere /run/dan/macvtap/$(ls /run/dan/attachments | sed s/.json//)');
    await bench.host.sh(`ip -n ${podName} addr add 10.1.0.5/24 dev eth0`);
    expect((await check()).json).toMatchObject({ code: 115, msg: expect.stringContaining('eth0') });
  });

  test('in mode passthru is checked with the addresses of the link', async () => {
    await using bench = await Bench.create('macvtap');
    const changes = { mode: 'passthru' };
    const { json } = await bench.run('ADD', { config: bench.call('ADD', changes).config });
    const check = (): ReturnType<Bench['run']> =>
      bench.run('CHECK', { config: bench.call('CHECK', { ...changes, prevResult: json }).config });
    expect(await check()).toMatchObject({ exitCode: 0 });
    await bench.host.sh(`ip -n ${podName} addr delete 10.1.0.5/24 dev eth0`);
    expect((await check()).json).toMatchObject({
      code: 115,
      msg: expect.stringContaining('no longer has the address 10.1.0.5'),
    });
  });

  test.each(['runtime-rs', 'runtime-rs-3'])('is refused for %s, which is told what else to use', async (runtime) => {
    await using bench = await Bench.create('macvtap');
    const { exitCode, json } = await bench.run('ADD', { config: bench.call('ADD', { runtime }).config });
    expect(exitCode).toBe(1);
    expect(json).toMatchObject({ code: 7, msg: expect.stringContaining('tcfilter') });
    expect(await bench.differences()).toEqual([]);
  });

  test('stands on the interface of the plugin before, or on the one that is named', async () => {
    await using bench = await Bench.create('macvtap');
    const before = [{ name: 'eth0', mac: podMac, sandbox: `/run/netns/${podName}` }];
    const ips = [{ address: '10.1.0.5/24', interface: 0 }];
    const prevResult = { cniVersion: '1.1.0', interfaces: before, ips, dns: {} };
    await add(bench, { master: undefined, prevResult });
    expect((await links(bench)).macvtap).toMatchObject({ link: 'eth0', address: podMac });
    await expectRestored(bench);
    const { json } = await bench.run('ADD', { config: bench.call('ADD', { master: 'eth7' }).config });
    expect(json['msg']).toMatch(/eth7.*\[master-missing\]$/s);
    expect(await bench.differences()).toEqual([]);
  });
});
