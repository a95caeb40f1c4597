import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';

const config = networkConfig({ addresses: undefined, routes: [], ipam: { type: 'ipam' } });
const chained = { prevResult: { interfaces: [{ name: 'eth0', sandbox: '/run/netns/pod' }] } };
const redirected = { cniVersion: '1.1.0', name: 'kata-net', type: 'dan', runtime: 'generic', ...chained };
const key = 'cni.dev/valid-attachments';

let host: Host;

beforeEach(async () => {
  host = await Host.create();
  await makeBridge(host);
  await writeInside(
    host,
    '/run/plugins/ipam',
    '#!/bin/sh\ncat >/dev/null\ncase $CNI_COMMAND in GC) echo GC ;; *) echo "$CNI_COMMAND $CNI_CONTAINERID" ;; esac >>/run/ipam.log\necho \'{"cniVersion":"1.1.0","ips":[{"address":"10.88.0.9/24"}]}\'\n',
  );
  await host.sh('chmod 755 /run/plugins/ipam; touch /run/ipam.log');
  await host.podNetns('pod');
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
});

const call = (command: Call['command'], asked: object, more: Partial<Call> = {}): Promise<Answer> =>
  callPlugin(host, {
    command,
    config: asked,
    netns: '/run/netns/pod',
    variables: { CNI_PATH: '/run/plugins' },
    ...more,
  });
const must = async (...asked: Parameters<typeof call>): Promise<Answer> => {
  const answer = await call(...asked);
  expect(answer.exitCode, answer.stdout).toBe(0);
  return answer;
};
const ipamSaw = (): Promise<string> => host.sh('cat /run/ipam.log; : >/run/ipam.log');
const collect = (asked: object = config): Promise<Answer> => must('GC', { ...asked, [key]: [] });

describe('GC', () => {
  test('asks the IPAM plugin for its own GC alone, whatever names and aliases a pod gives its links', async () => {
    await host.sh(`
      ip -n pod link add named type bridge; ip -n pod link set named alias dan:kata-net:of-another-node:eth0
      hash=$(printf 'kata-net\\0of-another-node\\0eth0' | sha256sum)
      short=dan$(echo $hash | cut -c1-11)
      ip -n pod link add $short type veth peer name peer1
      ip -n pod link set $short alias dan:kata-net:of-another-node:eth0
      ip -n pod link property add dev $short altname dan-$(echo $hash | cut -c1-40)`);
    await collect();
    expect(await ipamSaw()).toBe('GC');
    // A link with all marks is removed, so that it costs nothing the next time. A link with only some of them stays,
    // and is not examined further.
    expect(await host.sh('ip -n pod -br link | cut -d " " -f 1 | sort | tr "\\n" " "')).toBe('lo named');
    const { stderr } = await collect();
    expect(stderr).not.toContain('removing');
  });

  test('calls no program for 100 links of a pod that name attachments', async () => {
    const links = Array.from(
      { length: 100 },
      (_, at) => `link add x${at} type bridge\nlink set x${at} alias dan:kata-net:fake${at}:eth0`,
    );
    await host.run('ip', ['-n', 'pod', '-batch', '-'], { input: links.join('\n') });
    await collect();
    expect(await ipamSaw()).toBe('GC');
  });

  test('releases the addresses of what has a record, and leaves those of what has lost it to the plugin', async () => {
    await must('ADD', config);
    await host.sh('rm /run/dan/attachments/* /run/kata-containers/dans/*');
    await ipamSaw();
    await collect();
    expect(await ipamSaw()).toBe('GC');
    expect(await host.sh('ip -br link show type tun')).toBe('');
    await must('ADD', config);
    await collect();
    expect(await ipamSaw()).toBe('ADD sandbox-1\nDEL sandbox-1\nGC');
    // The runtime's own DEL says which addresses are meant.
    await must('DEL', config, { sandbox: 'lost' });
    expect(await ipamSaw()).toBe('DEL lost');
  });
});

const eth0 = `
  ip -n pod link add eth0 type veth peer name peer0
  ip -n pod addr add 10.7.0.2/24 dev eth0; ip -n pod link set peer0 addrgenmode none up; ip -n pod link set eth0 up`;
const state = (): Promise<string> =>
  host.sh(`
    ip -n pod -4 addr show eth0 | grep inet
    ip -n pod -4 route
    ip netns exec pod cat /sys/class/net/eth0/tx_queue_len`);

describe.each(['macvtap', 'tcfilter'])('DEL of a %s', (device) => {
  const asked = { ...redirected, device };

  test.each([
    ['the path of the namespace', ''],
    ['the path that the runtime names', '/run/netns/pod'],
  ])('gives nothing to another pod that has come to %s', async (_what, netns) => {
    await host.sh(eth0);
    await must('ADD', asked);
    // Made while the old one exists, so that it cannot have the same number.
    await host.sh(`
      ip netns add next; ip netns del pod
      touch /run/netns/pod; mount --bind /run/netns/next /run/netns/pod; ip netns del next
      ${eth0.replaceAll('10.7.0.2', '192.168.7.7')}; ip -n pod link set eth0 txqueuelen 777`);
    const before = await state();
    const { stderr } = await must('DEL', asked, { netns });
    expect(stderr).toContain('now leads to another namespace');
    expect(await state()).toBe(before);
  });

  test('gives its own pod all back where a record of an older dan has no number of the namespace', async () => {
    await host.sh(eth0);
    const before = await state();
    await must('ADD', asked);
    await host.sh('sed -i -E \'s/"netnsInode":[0-9]+,//\' /run/dan/attachments/*');
    await must('DEL', asked);
    expect(await state()).toBe(before);
  });

  test('gives nothing to another link of that name and number, which has another MAC', async () => {
    await host.sh(eth0);
    await must('ADD', asked);
    await host.sh('sed -i -E \'s/"netnsInode":[0-9]+,//\' /run/dan/attachments/*');
    await host.sh(
      `ip netns del pod; ip netns add pod; ${eth0.replaceAll('10.7.0.2', '192.168.7.7')}; ip -n pod link set eth0 txqueuelen 777`,
    );
    const before = await state();
    await must('DEL', asked);
    expect(await state()).toBe(before);
  });

  test('knows the link again that the pod has renamed', async () => {
    await host.sh(eth0);
    const before = await state();
    await must('ADD', asked);
    await host.sh(`
      ip -n pod link set eth0 down; ip -n pod link set eth0 name zz; ip -n pod link set zz up
      ip -n pod link add eth0 type bridge`);
    await must('DEL', asked);
    expect(await host.sh('tc -n pod qdisc')).not.toContain('ingress');
    await host.sh(
      'ip -n pod link del eth0; ip -n pod link set zz down; ip -n pod link set zz name eth0; ip -n pod link set eth0 up',
    );
    if (device === 'tcfilter') expect(await host.sh('ip -n pod -br link')).not.toContain('dan');
    else expect(await state()).toBe(before);
  });
});

describe('DEL where CNI_NETNS is a namespace of another kind', () => {
  test.each(['cgroup', 'ipc', 'mnt', 'pid', 'time', 'user', 'uts'])(
    '%s: it removes what the record names',
    async (kind) => {
      await must('ADD', config);
      await host.sh('rm /run/dan/attachments/*');
      await must('DEL', config, { netns: `/proc/self/ns/${kind}` });
      await must('ADD', config, { sandbox: 'other' });
      await must('DEL', config, { sandbox: 'other', netns: `/proc/self/ns/${kind}` });
      expect(await host.sh('ip -br link show type tun; ls /run/dan/attachments /run/kata-containers/dans')).toBe(
        '/run/dan/attachments:\n\n/run/kata-containers/dans:',
      );
    },
  );
});

test.each(['bridge', 'tun'])(
  'an ADD that fails for a link of somebody else with its altname removes its own alone: a %s',
  async (kind) => {
    await host.sh(`
    ${kind === 'tun' ? 'ip tuntap add dev theirs mode tap' : 'ip link add theirs type bridge'}
    ip link property add dev theirs altname dan-$(printf 'kata-net\\0sandbox-1\\0eth0' | sha256sum | cut -c1-40)`);
    const before = await host.sh('ip -d link show theirs');
    expect((await call('ADD', config)).exitCode).toBe(1);
    await must('DEL', config);
    expect(await host.sh('ip -d link show theirs')).toBe(before);
    expect(await host.sh('ls /run/dan/attachments; ip -br link show type tun | grep -v theirs || true')).toBe('');
  },
);
