import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';
import { Host } from '../harness/host.ts';
import { callPlugin, executable, type Program } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';

/** The executable, started by a shell command. */
const under = (script: string): Program => ['sh', '-c', `${script}\nexec "$0"`, executable];

/** Nonblocking standard input and output; at first, there is nothing to read. */
const nonblocking: Program = [
  ...(['sh', '-c'] as const),
  `(sleep 0.2; cat) | python3 -c 'import os, sys
for file in (0, 1): os.set_blocking(file, False)
os.execv(sys.argv[1], sys.argv[1:])' "$0"`,
  executable,
];

/** What a caller may have left out or taken away. */
const callers: readonly (readonly [title: string, program: Program, addresses: 'fixed' | 'ipam'])[] = [
  ['in a directory that was deleted', under('cd "$(mktemp -d)" && rmdir "$PWD"'), 'ipam'],
  ['without any variable that a login has', ['env', '-u', 'HOME', '-u', 'TERM', '-u', 'LANG', executable], 'ipam'],
  ['with room for 16 open files', under('ulimit -n 16'), 'ipam'],
  ['with 32 MiB of address space', under('ulimit -v 32768'), 'fixed'], // which host-local cannot start in
  ['with a stack of 64 KiB', under('ulimit -s 64'), 'ipam'],
  ['with all signals ignored', under("trap '' HUP INT TERM PIPE USR1 CHLD"), 'ipam'],
  ['with files open that it knows nothing of', under('exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null'), 'ipam'],
  ['with standard input and output that do not block', nonblocking, 'ipam'],
  ['with standard error closed', under('exec 2>&-'), 'ipam'],
];

describe('a node with a bridge', () => {
  let host: Host;
  let netns: string;
  const withIpam = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  it.each(callers)('is served by a call %s', async (_, program, addresses) => {
    const config = addresses === 'fixed' ? networkConfig() : withIpam;
    const before = await traces(host);
    const added = await callPlugin(host, { command: 'ADD', config, netns, program });
    expect(added, added.stdout + added.stderr).toMatchObject({ exitCode: 0 });
    const checked = { ...config, prevResult: added.json };
    expect(await callPlugin(host, { command: 'CHECK', config: checked, netns, program })).toMatchObject({
      exitCode: 0,
    });
    expect(await callPlugin(host, { command: 'DEL', config, netns, program })).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    expect(await traces(host)).toEqual(before);
  });

  it('is served from a root that has /proc, /sys and /dev/net/tun alone', async () => {
    const root = `${host.directory}/root`;
    await host.sh(`
      mkdir -p ${root}/proc ${root}/sys ${root}/dev/net
      mount --rbind /proc ${root}/proc; mount --rbind /sys ${root}/sys
      touch ${root}/dev/net/tun; mount --bind /dev/net/tun ${root}/dev/net/tun
      cp ${executable} ${root}/dan`);
    const program: Program = ['chroot', root, '/dan'];
    const fixed = networkConfig();
    const before = await traces(host);
    // /run/netns does not exist there: the pod's namespace is that of a process.
    const pod = await host.sh(`
      ip netns exec pod sleep infinity >/dev/null 2>&1 &
      until grep -q sleep /proc/$!/comm; do sleep 0.01; done
      echo $!`);
    const call = { netns: `/proc/${pod}/ns/net`, program } as const;
    try {
      const added = await callPlugin(host, { ...call, command: 'ADD', config: fixed });
      expect(added, added.stdout + added.stderr).toMatchObject({ exitCode: 0 });
      expect(await host.sh(`ls ${root}/run/kata-containers/dans`)).toBe('sandbox-1.json');
      const checked = { ...fixed, prevResult: added.json };
      expect(await callPlugin(host, { ...call, command: 'CHECK', config: checked })).toMatchObject({ exitCode: 0 });
      expect(await callPlugin(host, { ...call, command: 'DEL', config: fixed })).toMatchObject({ exitCode: 0 });
    } finally {
      await host.sh(`kill ${pod}`);
    }
    expect(await traces(host)).toEqual(before);
    expect(await host.sh(`find ${root}/run -type f ! -path '*/dan/locks/*' ! -name sweep.json ! -name calls-1`)).toBe(
      '',
    );
  });

  it.each(['ADD', 'DEL', 'CHECK', 'STATUS', 'GC', 'VERSION'] as const)(
    'has %s answered from a root that has nothing at all, /proc neither',
    async (command) => {
      const root = `${host.directory}/empty`;
      await host.sh(`mkdir -p ${root}; cp ${executable} ${root}/dan`);
      const config = { ...networkConfig(), 'cni.dev/valid-attachments': [], prevResult: { cniVersion: '1.1.0' } };
      const { stdout, json } = await callPlugin(host, { command, config, netns, program: ['chroot', root, '/dan'] });
      expect(json).not.toMatchObject({ code: 999 });
      if (stdout !== '') expect(json).toHaveProperty(command === 'VERSION' ? 'supportedVersions' : 'msg');
    },
  );

  // For each file that a call opens, there is a limit at which opening it fails.
  it('is told the reason, and has nothing left after DEL, with room for 3 to 15 open files', async () => {
    const before = await traces(host);
    for (let files = 3; files < 16; files += 1) {
      const call = { command: 'ADD', config: withIpam, netns, program: under(`ulimit -n ${files}`) } as const;
      const { exitCode, json } = await callPlugin(host, call);
      if (exitCode !== 0) {
        expect(json, `${files} files`).toMatchObject({ msg: expect.stringContaining('oo many open files') });
        expect(json, `${files} files`).not.toMatchObject({ code: 999 });
      }
      expect(await callPlugin(host, { command: 'DEL', config: withIpam, netns })).toMatchObject({ exitCode: 0 });
      expect(await traces(host), `${files} files`).toEqual(before);
    }
  });

  it('has an attachment undone where standard output is closed', async () => {
    const before = await traces(host);
    const program = under('exec 1>&-');
    const added = await callPlugin(host, { command: 'ADD', config: withIpam, netns, program });
    expect(added).toMatchObject({ exitCode: 1 });
    expect(await traces(host)).toEqual(before);
  });

  it('is told in one document that standard input is closed', async () => {
    const answer = await callPlugin(host, { command: 'ADD', config: withIpam, netns, program: under('exec 0<&-') });
    expect(answer).toMatchObject({ exitCode: 1, json: { code: 6, msg: expect.stringContaining('it is empty') } });
  });
});
