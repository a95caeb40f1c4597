import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeInside } from '../harness/install.ts';
import { executable, programs } from '../harness/plugin.ts';
import { holdTap } from '../harness/tap-holder.ts';
import { traces } from '../harness/traces.ts';
import { leaveSocket, withListener } from '../vhost-user/bind-socket.ts';
import { holdSandboxLocks, leased, Node, plain } from './lost-sandbox.ts';
import { letTimePass } from './time.ts';

let node: Node;

beforeEach(async () => {
  node = await Node.create();
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

describe('a later ADD or DEL removes what nobody has any more', () => {
  test('with its address, its device and its entry; it is logged and counted', async () => {
    await node.loseSandbox();
    await letTimePass(node.host);
    await node.host.podNetns('new');
    const { stderr } = await node.must('ADD', plain, 'new');
    expect(stderr).toContain('removing an attachment that nothing uses any more');
    expect(stderr).toContain('"of":{"network":"kata-net","sandbox":"lost","ifname":"eth0"}');
    expect(JSON.parse(await node.host.sh('cat /run/dan/sweep.json'))).toMatchObject({ removed: 1 });
    await node.must('DEL', plain, 'new');
    await node.host.sh('ip netns del new');
    expect(await traces(node.host)).toEqual(node.withoutIt);
  });

  test('although another namespace has its path by now', async () => {
    await node.loseSandbox();
    // The kernel may reuse the inode number of the removed namespace; then another one is tried.
    await node.host.sh(`
      gone=$(sed -E 's/.*"netnsInode":([0-9]+).*/\\1/' $(grep -l '"lost"' /run/dan/attachments/*))
      for other in a b c d e f; do
        ip netns add lost
        [ "$(stat -L -c %i /run/netns/lost)" = "$gone" ] || exit 0
        ip netns del lost
        ip netns add $other
      done
      exit 1`);
    await letTimePass(node.host);
    await node.anotherCall();
    await node.host.sh('for one in a b c d e f lost; do [ ! -e /run/netns/$one ] || ip netns del $one; done');
    expect(await traces(node.host)).toEqual(node.withoutIt);
  });

  test('although its shim was killed, which leaves a directory and a socket', async () => {
    await node.loseSandbox();
    await node.host.sh('mkdir -p /run/kata/lost');
    await leaveSocket(node.host, '/run/kata/lost/shim-monitor.sock');
    await letTimePass(node.host);
    await node.expectRemoved();
  });

  test('of an ADD that was killed, too', async () => {
    await node.loseSandbox();
    const file = await node.host.sh('grep -l lost /run/dan/attachments/*');
    const { entry: _entry, ...record } = JSON.parse(await node.host.sh(`cat ${file}`)) as Record<string, unknown>;
    await writeInside(node.host, file, JSON.stringify(record));
    await letTimePass(node.host);
    await node.expectRemoved();
  });

  test('of a record that says nothing of the number of the namespace', async () => {
    await node.loseSandbox();
    const file = await node.host.sh('grep -l lost /run/dan/attachments/*');
    const { netnsInode, ...record } = JSON.parse(await node.host.sh(`cat ${file}`)) as Record<string, unknown>;
    expect(netnsInode).toEqual(expect.any(Number));
    await writeInside(node.host, file, JSON.stringify(record));
    await letTimePass(node.host);
    await node.expectRemoved();
  });

  test('one after the other: each sweep looks at 50 records, and there is one in two minutes', async () => {
    // The program for Node takes a second for each.
    const quick = { program: programs.rtnetlink };
    const names = Array.from({ length: 60 }, (_, at) => `lost-${at}`);
    await node.host.podNetns('lost');
    for (const sandbox of names) await node.must('ADD', plain, sandbox, { netns: '/run/netns/lost', ...quick });
    await node.host.sh('ip netns del lost');
    const count = async (): Promise<number> => Number(await node.host.sh('ls /run/dan/attachments | wc -l'));
    let left = await count();
    expect(left).toBe(61);
    for (let sweeps = 0; left > 1; sweeps++) {
      expect(sweeps).toBeLessThan(60);
      await letTimePass(node.host);
      await node.anotherCall(quick);
      const after = await count();
      expect(after).toBeLessThan(left);
      expect(left - after).toBeLessThanOrEqual(50);
      await node.anotherCall(quick);
      expect(await count()).toBe(after);
      left = after;
    }
    expect(await traces(node.host)).toEqual(node.withoutIt);
    expect(JSON.parse(await node.host.sh('cat /run/dan/sweep.json'))).toMatchObject({ removed: 60 });
  });
});

describe('a later ADD or DEL never removes', () => {
  test('what is younger than five minutes', async () => {
    await node.loseSandbox();
    await node.host.sh('rm -f /run/dan/sweep.json');
    await node.expectKept();
  });

  test('what has its namespace', async () => {
    await node.host.podNetns('lost');
    await node.must('ADD', leased, 'lost');
    await letTimePass(node.host);
    await node.expectKept();
  });

  test('what has a shim that answers, or a directory of Kata without a socket', async () => {
    await node.loseSandbox();
    for (const parent of ['/run/kata', '/run/vc/sbs']) {
      await node.host.sh(`mkdir -p ${parent}/lost`);
      await letTimePass(node.host);
      await node.expectKept();
      await withListener(node.host, `${parent}/lost/shim-monitor.sock`, async () => {
        await letTimePass(node.host);
        await node.expectKept();
      });
      await node.host.sh(`rm -r ${parent}`);
    }
    await letTimePass(node.host);
    await node.expectRemoved();
  });

  test('what a program has open: a tap, a socket', async () => {
    await node.loseSandbox();
    const holder = await holdTap(
      node.host,
      (await node.host.sh('basename $(grep -l lost /run/dan/attachments/*) .json')).trim(),
    );
    await letTimePass(node.host);
    await node.expectKept();
    await holder.close();
    await letTimePass(node.host);
    await node.expectRemoved();

    await node.loseSandbox({ ...plain, name: 'socket', device: 'vhost-user', bridge: undefined });
    const entry = JSON.parse(await node.host.sh('cat /run/kata-containers/dans/lost.json')) as {
      devices: [{ device: { path: string } }];
    };
    await withListener(node.host, entry.devices[0].device.path, async () => {
      await letTimePass(node.host);
      await node.expectKept();
    });
  });

  test('what has a process in its namespace, although its path is gone', async () => {
    await node.host.podNetns('lost');
    await node.must('ADD', leased, 'lost');
    const process = node.host.spawn('ip', ['netns', 'exec', 'lost', 'sh', '-c', 'echo in; exec cat'], {
      stdin: 'pipe',
      reject: false,
    });
    await new Promise((resolve) => process.stdout?.once('data', resolve));
    await node.host.sh('ip netns del lost');
    await letTimePass(node.host);
    await node.expectKept();
    process.stdin.end();
    await process;
    await letTimePass(node.host);
    await node.expectRemoved();
  });

  test('what somebody works at', async () => {
    await node.loseSandbox();
    await letTimePass(node.host);
    const release = await holdSandboxLocks(node.host);
    const there = await traces(node.host);
    // A sandbox with another lock.
    await node.must('DEL', plain, 'x-1');
    expect(await traces(node.host)).toEqual(there);
    await release();
    await letTimePass(node.host);
    await node.expectRemoved();
  });

  test('an interface of a sandbox that no CNI client made', async () => {
    const input = JSON.stringify({ device: 't1', name: 'eth1', mtu: 1500, hwAddr: '02:00:00:00:00:11' });
    expect((await node.host.run(executable, ['kata-network', 'add-iface', 'lost', '-'], { input })).exitCode).toBe(0);
    await letTimePass(node.host);
    await node.expectKept();
  });
});
