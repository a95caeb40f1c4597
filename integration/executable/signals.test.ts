import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkConfig } from '../host-tap/network.ts';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin, type Program, programs } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';

/** An IPAM plugin that records its caller, and answers when it may. */
const waiting = `#!/bin/sh
echo $PPID >"$0.caller"; while [ ! -e "$0.go" ]; do sleep 0.02; done
echo '{"cniVersion":"1.0.0","ips":[{"address":"10.88.0.9/24"}]}'
`;

/** Signals that are not meant for dan. Node does not handle real-time signals. */
const unasked = 'USR1 USR2 PIPE ALRM VTALRM PROF IO PWR STKFLT XCPU XFSZ CHLD WINCH URG CONT'.split(' ');
const ofRealTime = ['32', '33', 'RTMIN', 'RTMAX'];

describe('a call that waits for an IPAM plugin', () => {
  let host: Host;
  let netns: string;
  const plugin = (): string => `${host.directory}/cni/waiting`;
  beforeAll(async () => {
    host = await Host.create();
    await host.sh(`
      ip link add br0 type bridge; ip link set br0 up
      mkdir ${host.directory}/cni; cat >${plugin()} <<'END'\n${waiting}END
      chmod 755 ${plugin()}`);
    netns = await host.podNetns('pod');
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const config = networkConfig({ addresses: undefined, routes: [], ipam: { type: 'waiting' } });
  const call = (command: 'ADD' | 'DEL', program: Program): Promise<Answer> =>
    callPlugin(host, { command, config, netns, program, variables: { CNI_PATH: `${host.directory}/cni` } });

  /** Starts an ADD that waits, does work meanwhile, and returns the answer. */
  async function addMeanwhile(program: Program, work: (caller: string) => Promise<unknown>): Promise<Answer> {
    await host.sh(`rm -f ${plugin()}.caller ${plugin()}.go`);
    const added = call('ADD', program);
    const caller = await eventually('the IPAM plugin', async () => {
      const told = await host.sh(`cat ${plugin()}.caller`);
      return told === '' ? undefined : told;
    });
    await work(caller);
    return await added;
  }

  it.each([
    ['the executable', programs.rtnetlink, [...unasked, ...ofRealTime]],
    ['the program for Node', programs.iproute2, unasked],
  ] as const)('goes on whatever signal comes that asks for nothing: %s', async (_, program, signals) => {
    const before = await traces(host);
    const added = await addMeanwhile(program, async (caller) => {
      const sent = signals.map((signal) => `kill -${signal} ${caller}`).join('; ');
      // By then, a signal that opens a debugger has done so.
      await host.sh(`bash -c '${sent}'; sleep 0.3; ss -Hltn >${plugin()}.sockets; touch ${plugin()}.go`);
    });
    expect(added, added.stdout).toMatchObject({ exitCode: 0 });
    expect(await host.sh(`cat ${plugin()}.sockets`)).toBe('');
    expect(await call('DEL', program)).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await traces(host)).toEqual(before);
  });

  it.each(['TERM', 'INT', 'HUP', 'QUIT'])(
    'is undone by SIG%s, also where its caller ignores and blocks it',
    async (signal) => {
      const before = await traces(host);
      const deaf = `import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT): signal.signal(one, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])`;
      const added = await addMeanwhile(['python3', '-c', deaf, programs.rtnetlink[0]], async (caller) => {
        await host.sh(`kill -${signal} ${caller}`);
        // The plugin is killed, and its DEL is called.
        await host.sh(`touch ${plugin()}.go`);
      });
      expect(added.json).toMatchObject({
        msg: expect.stringContaining(`SIG${signal} came before it was done`) as string,
      });
      expect(await traces(host)).toEqual(before);
    },
  );

  it.each(['TERM', 'INT', 'HUP', 'QUIT'])('ends with SIG%s where it waits for a lock', async (signal) => {
    const before = await traces(host);
    await host.sh(`touch ${plugin()}.go`);
    expect(await call('DEL', programs.rtnetlink)).toMatchObject({ exitCode: 0 });
    const lock = await host.sh('ls /run/dan/locks/sandbox-*');
    const holder = host.spawn('flock', [lock, 'cat'], { stdin: 'pipe', reject: false });
    await eventually('the lock', async () => {
      return (await host.run('flock', ['--nonblock', lock, 'true'])).exitCode === 0 ? undefined : true;
    });
    const added = call('ADD', programs.rtnetlink);
    await eventually('somebody who waits for the lock', async () => {
      const waits = await host.sh(
        `pid=$(pgrep -x dan) && readlink /proc/$pid/fd/* | grep -x '${lock}' && kill -${signal} $pid`,
      );
      return waits === '' ? undefined : true;
    });
    expect((await added).json).toMatchObject({ msg: expect.stringContaining(`SIG${signal} came`) as string });
    holder.stdin.end();
    await holder;
    expect(await traces(host)).toEqual(before);
  });
});
