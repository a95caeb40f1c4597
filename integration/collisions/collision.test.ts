import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin, executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';

// Found by trying some millions: in the network net1, both have the short name danb227501f6d4.
const [first, second] = ['sb004fd724', 'sb006815dc'];
const short = 'danb227501f6d4';
const tap = networkConfig({ name: 'net1', addresses: undefined, routes: [], ipam: hostLocal });
const chained = { prevResult: { interfaces: [{ name: 'eth0', sandbox: `/run/netns/${first}` }] } };
const kinds = [
  ['host-tap', tap],
  ['vhost-user', { ...tap, device: 'vhost-user', bridge: null, runtime: 'generic' }],
  ['macvtap', { cniVersion: '1.1.0', name: 'net1', type: 'dan', device: 'macvtap', runtime: 'generic', ...chained }],
  ['tcfilter', { cniVersion: '1.1.0', name: 'net1', type: 'dan', device: 'tcfilter', ...chained }],
] as const;

let host: Host;

beforeAll(async () => {
  host = await Host.create();
  await makeBridge(host);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await host.sh(`for pod in ${first} ${second}; do
    ip netns del $pod 2>/dev/null || true
    ip netns add $pod
    ip -n $pod link add eth0 type veth peer name peer0
  done`);
});

function call(command: Call['command'], sandbox: string, config: object): Promise<Answer> {
  return callPlugin(host, { command, config, sandbox, netns: `/run/netns/${sandbox}` });
}

/** Everything of the first attachment, in both pods, and files that are not traces. */
async function everything(): Promise<string> {
  const files = await host.sh(`
    cat /run/dan/attachments/* /run/kata-containers/dans/*
    ls -i /run/dan/macvtap /run/dan/vhost-user 2>/dev/null || true
    for pod in ${first} ${second}; do ip -n $pod addr; tc -n $pod qdisc; tc -n $pod filter show dev eth0 ingress; done
    ip -d link show type tun; ip link show type veth`);
  return [...(await traces(host)), files].join('\n');
}

describe.each(kinds)('two attachments with one short name, of the device %s', (kind, config) => {
  test('the second is refused with the truth, and neither its DEL nor a GC touches anything of the first', async () => {
    if ('prevResult' in config) {
      await host.sh(`for pod in ${first} ${second}; do
        ip -n $pod addr add 10.7.0.2/24 dev eth0
        ip -n $pod link set eth0 up
      done`);
    }
    const added = await call('ADD', first, config);
    expect(added.exitCode, added.stdout).toBe(0);
    if (kind === 'vhost-user') {
      await host.sh(
        `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/dan/vhost-user/${short}.sock")'`,
      );
    }
    const before = await everything();
    expect(before).toContain(short);

    const refused = await call('ADD', second, config);
    expect(refused.json).toMatchObject({ code: 129 });
    for (const words of [first, second, short, '"net1"']) expect(refused.json['msg']).toContain(words);
    expect(await everything()).toBe(before);

    const check = await call('CHECK', second, { ...config, prevResult: added.json });
    expect(check.json).toMatchObject({ code: 115, msg: expect.stringContaining(`that of sandbox ${first}`) as string });

    for (const again of ['', ' again']) {
      const deleted = await call('DEL', second, config);
      expect([deleted.exitCode, deleted.stdout], `DEL${again}`).toEqual([0, '']);
      expect(deleted.stderr).toContain('another attachment has the same short name');
      expect(await everything(), `DEL${again}`).toBe(before);
    }
    // A link with the second's marks in its own pod makes GC look at the second, too.
    const valid = [{ containerID: first, ifname: 'eth0' }];
    await host.sh(`ip -n ${second} link add x type bridge; ip -n ${second} link set x alias dan:net1:${second}:eth0`);
    const there = await everything();
    const collected = await call('GC', '', { ...config, 'cni.dev/valid-attachments': valid });
    expect(collected.exitCode, collected.stdout).toBe(0);
    expect(await everything()).toBe(there);

    expect((await call('DEL', first, config)).exitCode).toBe(0);
    expect((await host.sh('ls /run/dan/attachments /run/kata-containers/dans')).includes(short)).toBe(false);
    expect((await call('ADD', second, config)).json['msg'] ?? '').not.toContain(first);
    await call('DEL', second, config);
  });
});

test('dan show of the first has nothing of a namesake that another pod made', async () => {
  expect((await call('ADD', first, tap)).exitCode).toBe(0);
  const shown = (await host.run(executable, ['show', first])).stdout;
  await host.sh(`
    altname=$(ip -j link show ${short} | grep -o 'dan-[0-9a-f]*')
    ip -n ${second} link add ${short} type veth peer name other0
    ip -n ${second} link set ${short} alias dan:net1:${first}:eth0
    ip -n ${second} link property add dev ${short} altname $altname`);
  expect((await host.run(executable, ['show', first])).stdout).toBe(shown);
  expect((await call('DEL', first, tap)).exitCode).toBe(0);
  expect(await host.sh(`ip -n ${second} -br link`)).toContain(short);
});
