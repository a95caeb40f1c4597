import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { networkConfig } from '../host-tap/network.ts';
import { leaveSocket, withListener } from './bind-socket.ts';

const path = '/run/switch/sock';
const derived = '/run/dan/vhost-user';
const config = networkConfig({ device: 'vhost-user', bridge: undefined });
const explicit = { ...config, socketPath: path };

describe('the socket of a switch that is somebody else', () => {
  let host: Host;
  let netns: string;
  let before: readonly string[];

  const sockets = (): Promise<string> => host.sh(`find /run/switch ${derived} -mindepth 1 | sort`);

  beforeAll(async () => {
    host = await Host.create();
    netns = await host.podNetns('pod');
    await host.sh(`mkdir -p /run/switch ${derived}`);
    before = await traces(host);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect([...(await traces(host)), await sockets()]).toEqual([...before, '']);
  });

  const call = (command: Call['command'], asked: object, more: Partial<Call> = {}): Promise<Answer> =>
    callPlugin(host, { command, config: asked, netns, ...more });
  const must = async (command: Call['command'], asked: object, more: Partial<Call> = {}): Promise<Answer> => {
    const answer = await call(command, asked, more);
    expect(answer.exitCode, answer.stdout).toBe(0);
    return answer;
  };
  const refused = async (asked: object, words: readonly string[], more: Partial<Call> = {}): Promise<void> => {
    const answer = await call('ADD', asked, more);
    expect(answer, answer.stdout).toMatchObject({ exitCode: 1, json: { code: 124 } });
    for (const word of words) expect(answer.json['msg']).toContain(word);
    await must('DEL', asked, more);
  };
  const socketOf = (answer: Answer): string | undefined =>
    (answer.json['interfaces'] as { socketPath?: string }[])[0]!.socketPath;

  test('is named by the pod where the network lets it, by the configuration, by the runtime, the last of which counts', async () => {
    const byPod = { ...config, podMaySet: ['vhostUserSocket'], args: { cni: { vhostUserSocket: 'args' } } };
    const byBoth = { ...byPod, socketPath: path };
    const byRuntime = { ...byBoth, runtimeConfig: { VhostUserSocket: '/run/switch/runtime' } };
    for (const [asked, expected] of [
      [config, expect.stringMatching(/^\/run\/dan\/vhost-user\/dan[0-9a-f]{11}\.sock$/)],
      [{ ...config, socketDir: '/run/switch/' }, expect.stringMatching(/^\/run\/switch\/dan[0-9a-f]{11}\.sock$/)],
      [explicit, path],
      [byPod, '/run/dan/vhost-user/args'],
      [{ ...byPod, podMaySet: [] }, expect.stringMatching(/^\/run\/dan\/vhost-user\/dan/)],
      [byBoth, path],
      [byRuntime, '/run/switch/runtime'],
    ] as const) {
      expect(socketOf(await must('ADD', asked))).toEqual(expected);
      await must('DEL', asked);
    }
  });

  test("of a pod is in the network's directory, and none that somebody has", async () => {
    const named = (vhostUserSocket: string, changes = {}) => ({
      ...{ ...config, podMaySet: ['vhostUserSocket'], args: { cni: { vhostUserSocket } }, ...changes },
    });
    for (const name of ['/run/switch/sock', '../../switch/sock', 'a/b', '..', 'dan0123456789a.sock', '-x']) {
      expect((await call('ADD', named(name))).json).toMatchObject({ code: 7 });
    }
    const own = `${derived}/mine`;
    await withListener(host, own, async () => {
      await refused(named('mine'), [own, 'somebody listens']);
      await refused(named('mine', { runtime: 'generic' }), [own, 'somebody listens']);
      expect(await sockets()).toBe(own);
    });
    await must('ADD', named('mine'));
    await refused(named('mine'), [own, 'is that of sandbox sandbox-1'], { sandbox: 'sandbox-2' });
    await leaveSocket(host, own);
    await must('DEL', named('mine'));
    expect(await sockets()).toBe('');
  });

  test.each([path, `${derived}/mine`])(
    'at the chosen path %s stays where somebody else listens by now',
    async (chosen) => {
      const asked =
        chosen === path
          ? explicit
          : { ...config, podMaySet: ['vhostUserSocket'], args: { cni: { vhostUserSocket: 'mine' } } };
      await must('ADD', asked);
      await withListener(host, chosen, async () => {
        expect((await must('DEL', asked)).stderr).toContain('another process now listens');
        expect(await sockets()).toBe(chosen);
      });
    },
  );

  test('at a chosen path goes while the virtual machine still listens', async () => {
    await must('ADD', explicit, { sandbox: 'sandbox-7' });
    await withListener(
      host,
      path,
      async () => {
        await must('DEL', explicit, { sandbox: 'sandbox-7' });
        expect(await sockets()).toBe('');
      },
      'vm-of-sandbox-7',
    );
  });

  test.each([
    ['a directory', `mkdir ${path}`, 'is there, and is no socket'],
    ['a file', `touch ${path}`, 'is there, and is no socket'],
    ['a link to nowhere', `ln -s /run/nowhere ${path}`, 'is there, and is no socket'],
  ])('is taken by %s, which stays', async (_what, make, words) => {
    await host.sh(make);
    const there = await sockets();
    await refused(explicit, [path, words]);
    expect(await sockets()).toBe(there);
    await host.sh(`rm -r ${path}`);
  });

  test('is a socket that nobody listens on, and that is not ours: it stays', async () => {
    await leaveSocket(host, path);
    await refused(explicit, [path, 'nobody listens on', 'not ours']);
    expect(await sockets()).toBe(path);
    await host.sh(`rm ${path}`);
  });

  test('has no directory that it could be in', async () => {
    await refused({ ...config, socketPath: '/run/none/sock' }, ['/run/none/sock', 'does not exist']);
  });

  test('is another attachment that was first, also for two at the same moment', async () => {
    const both = [{ sandbox: 'sandbox-1' }, { sandbox: 'sandbox-2', netns: await host.podNetns('other') }] as const;
    const answers = await Promise.all(both.map((more) => call('ADD', explicit, more)));
    expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    expect(answers.find(({ exitCode }) => exitCode === 1)?.json).toMatchObject({
      code: 124,
      msg: expect.stringMatching(/sandbox-[12].*leave "socketPath" out/),
    });
    for (const more of both) await must('DEL', explicit, more);
    await host.sh('ip netns del other');
  });

  test('with a listener is refused for the Rust runtime, taken by the generic reader, and never removed', async () => {
    await withListener(host, path, async () => {
      await refused(explicit, [path, 'somebody listens', '"generic"']);
      await must('ADD', { ...explicit, runtime: 'generic' });
      await must('DEL', explicit);
      expect(await sockets()).toBe(path);
    });
  });

  test('of a derived name that is stale is taken over by ADD; with a listener it is refused', async () => {
    const own = socketOf(await must('ADD', config))!;
    await leaveSocket(host, own);
    await host.sh('rm /run/dan/attachments/* /run/kata-containers/dans/*');
    await must('ADD', config);
    expect(await sockets()).toBe('');
    await must('DEL', config);
    await withListener(host, own, async () => {
      const { json } = await call('ADD', config);
      expect(json).toMatchObject({ code: 124, msg: expect.stringContaining('end that virtual machine first') });
      expect(await sockets()).toBe(own);
    });
  });

  test('is removed by DEL when the virtual machine left it, and left alone when it is none any more', async () => {
    const own = socketOf(await must('ADD', config))!;
    await leaveSocket(host, own);
    await must('DEL', config);
    expect(await sockets()).toBe('');
    await must('ADD', explicit);
    await host.sh(`touch ${path}`);
    const { stderr } = await must('DEL', explicit);
    expect(stderr).toContain('left alone');
    expect(await sockets()).toBe(path);
    await host.sh(`rm ${path}`);
  });
});
