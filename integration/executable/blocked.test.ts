import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin, executable, type Program, programs } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { networkConfig } from '../host-tap/network.ts';

/** An ovs-vsctl that records its caller, and hangs. */
const hanging = `#!/bin/sh
echo $PPID >/run/vsctl.caller
exec sleep 300
`;

describe.each(['TERM', 'INT', 'HUP'])('SIG%s', (signal) => {
  let host: Host;
  let netns: string;
  beforeAll(async () => {
    host = await Host.create();
    netns = await host.podNetns('pod');
    await host.sh(`
      cat >/run/vsctl <<'END'\n${hanging}END
      chmod 755 /run/vsctl; mount --bind /run/vsctl /usr/bin/ovs-vsctl`);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  it.each(Object.entries(programs))(
    'ends an ADD whose ovs-vsctl hangs, and nothing is left: %s',
    async (_, program) => {
      const before = await traces(host);
      await host.sh('rm -f /run/vsctl.caller');
      const config = networkConfig({ ovs: { db: 'unix:/run/none.sock' } });
      const start = performance.now();
      const added = callPlugin(host, { command: 'ADD', config, netns, program });
      const caller = await eventually('ovs-vsctl', async () => {
        const told = await host.sh('cat /run/vsctl.caller');
        return told === '' ? undefined : told;
      });
      await host.sh(`kill -${signal} ${caller}`);
      expect((await added).json).toMatchObject({ code: 11, msg: expect.stringContaining(`SIG${signal} came before`) });
      expect(performance.now() - start).toBeLessThan(10_000);
      expect(await host.sh('pgrep -x sleep || :')).toBe('');
      expect(await traces(host)).toEqual(before);
    },
  );

  it('ends a call whose configuration never comes, and nothing is left', async () => {
    const before = await traces(host);
    const pipe = `mkfifo /run/never.${signal}; exec 3<>/run/never.${signal}; echo $$ >/run/reader; exec "$0" </run/never.${signal}`;
    await host.sh(`rm -f /run/reader`);
    const program: Program = ['sh', '-c', pipe, executable];
    const added: Promise<Answer> = callPlugin(host, { command: 'ADD', config: '', netns, program });
    await eventually('dan, which waits', async () => {
      const { stdout } = await host.run('sh', ['-c', 'pid=$(cat /run/reader) && cat /proc/$pid/comm']);
      return stdout === 'dan\n' ? true : undefined;
    });
    await host.sh(`kill -${signal} $(cat /run/reader)`);
    const { exitCode } = await added;
    expect(exitCode).not.toBe(0);
    expect(await traces(host)).toEqual(before);
  });
});
