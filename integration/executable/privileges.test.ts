import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkConfig } from '../host-tap/network.ts';
import { Host } from '../harness/host.ts';
import { callPlugin, executable, type Program } from '../harness/plugin.ts';

/** The capabilities that docs/privileges.md lists, as bits of linux/capability.h. */
const kept = [0, 1, 3, 12, 19, 21, 27].reduce((set, bit) => set | (1n << BigInt(bit)), 0n);
const hex = (set: bigint): string => set.toString(16).padStart(16, '0');

/**
 * An IPAM plugin that records the privileges and signal masks of dan and of itself: those of dan while it waits, its
 * own without starting another program, for which a shell blocks all signals.
 */
const teller = `#!/bin/sh
while read -r line; do echo "$line"; done </proc/$$/status >"$0.itself"
sleep 0.2
cat /proc/$PPID/status >"$0.dan"
echo '{"cniVersion":"1.0.0","ips":[{"address":"10.88.0.9/24"}]}'
`;

describe('a node', () => {
  let host: Host;
  let netns: string;
  beforeAll(async () => {
    host = await Host.create();
    await host.sh(`
      ip link add br0 type bridge; ip link set br0 up
      cp ${executable} ${host.directory}/dan; chmod 755 ${host.directory}
      mkdir ${host.directory}/cni; cat >${host.directory}/cni/teller <<'END'\n${teller}END
      chmod 755 ${host.directory}/cni/teller`);
    netns = await host.podNetns('pod');
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  /** The values that dan and the IPAM plugin it started had in an ADD, by the names in /proc/PID/status. */
  async function seen(program: Program): Promise<Readonly<Record<'dan' | 'itself', Readonly<Record<string, string>>>>> {
    const config = networkConfig({ addresses: undefined, routes: [], ipam: { type: 'teller' } });
    const call = { config, netns, program, variables: { CNI_PATH: `${host.directory}/cni` } } as const;
    expect(await callPlugin(host, { ...call, command: 'ADD' })).toMatchObject({ exitCode: 0 });
    const read = async (who: string): Promise<Readonly<Record<string, string>>> => {
      const status = await host.sh(`cat ${host.directory}/cni/teller.${who}`);
      return Object.fromEntries(
        [...status.matchAll(/^(\w+):\s*(\w+)$/gm)].map(([, name = '', value = '']) => [name, value]),
      );
    };
    const both = { dan: await read('dan'), itself: await read('itself') };
    expect(await callPlugin(host, { ...call, command: 'DEL' })).toMatchObject({ exitCode: 0 });
    return both;
  }

  it('has dan with the capabilities that it needs, and whatever dan starts with no other', async () => {
    const { dan, itself } = await seen([executable]);
    const few = { CapInh: hex(0n), CapPrm: hex(kept), CapEff: hex(kept), CapAmb: hex(0n), NoNewPrivs: '1' };
    expect(dan).toMatchObject(few);
    expect(itself).toMatchObject(few);
  });

  it('has no call but ADD make device nodes, or change whose a file is', async () => {
    const config = networkConfig({ addresses: undefined, routes: [], ipam: { type: 'teller' } });
    const variables = { CNI_PATH: `${host.directory}/cni` };
    for (const command of ['DEL', 'STATUS'] as const) {
      await host.sh(`rm -f ${host.directory}/cni/teller.*`);
      await callPlugin(host, { command, config, netns, program: [executable], variables });
      const [told] = (await host.sh(`grep CapEff ${host.directory}/cni/teller.dan`)).split('\n');
      expect(told, command).toBe(`CapEff:\t${hex(kept & ~1n & ~(1n << 27n))}`);
    }
  });

  it('has a command with one capability more, and whatever it starts with those of its caller', async () => {
    const show = `sh -c 'grep -h ^CapEff: /proc/$PPID/status /proc/self/status'`;
    const line = ['kata-ipvs', 'ipvsadm', '--parameters', '-L', '--exec', show, 'sb1'];
    const own = await host.sh('grep ^CapEff: /proc/self/status');
    const { stdout } = await host.run(executable, line);
    expect(stdout).toBe(`CapEff:\t${hex(kept | (1n << 5n))}\n${own}\n`);
  });

  it('has dan with no more than its caller gives', async () => {
    const less = ['setpriv', '--inh-caps=+net_raw', '--bounding-set', '-mknod', '--', executable] as const;
    const { dan } = await seen(less);
    const set = hex(kept & ~(1n << 27n));
    expect(dan).toMatchObject({ CapInh: hex(0n), CapPrm: set, CapEff: set });
  });

  it('has dan hear signals that its caller blocked, and its programs all of them', async () => {
    const python = `import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
for one in (signal.SIGCHLD, signal.SIGUSR1, signal.SIGPIPE): signal.signal(one, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])`;
    const { dan, itself } = await seen(['python3', '-c', python, executable]);
    const blocked = BigInt(`0x${dan['SigBlk'] ?? ''}`);
    const isBlocked = (signal: number): boolean => (blocked & (1n << BigInt(signal - 1))) !== 0n;
    // SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM, SIGIO and the first real-time signal; those that interrupt are read from a
    // file.
    expect([13, 10, 12, 14, 29, 34, 1, 2, 3, 15].map(isBlocked)).toEqual(Array(10).fill(true));
    expect([6, 11, 17, 20].map(isBlocked)).toEqual(Array(4).fill(false));
    expect(itself).toMatchObject({ SigBlk: hex(0n), SigIgn: hex(0n) });
  });

  it.each([
    ['with file capabilities', 'setcap cap_net_admin,cap_sys_admin+ep'],
    ['that is setuid', 'chmod 4755'],
    ['that is setgid', 'chgrp 65534 "$1"; chmod 2755'],
  ])('has an executable %s refuse whoever is not root, before it reads anything', async (_, mark) => {
    const script = `cp "$0" "$1"; ${mark} "$1"
      exec setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all "$1" "$2"`;
    const run = (words: readonly string[], env: Readonly<Record<string, string>>) =>
      host.run('sh', ['-c', script, executable, `${host.directory}/marked`, ...words], {
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
      });
    for (const env of [{}, { CNI_COMMAND: 'ADD' }, { CNI_COMMAND: 'VERSION' }]) {
      const { exitCode, stdout } = await run(['list'], env);
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout)).toEqual({
        cniVersion: '1.1.0',
        code: 4,
        msg: expect.stringContaining('privileges by its file') as string,
      });
    }
    await host.sh(`rm ${host.directory}/marked`);
  });

  it('has an executable without them run for whoever is not root', async () => {
    const script = 'exec setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all "$0" --version';
    const finished = await host.run('sh', ['-c', script, `${host.directory}/dan`]);
    expect(finished).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^dan \d/) });
  });
});
