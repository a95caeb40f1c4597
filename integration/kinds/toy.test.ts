import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bundleForNode } from '../../build/bundle.ts';
import { buildForHost } from '../engine/programs.ts';
import { Host } from '../harness/host.ts';
import type { Finished } from '../harness/starter.ts';
import { type Answer, type Call, callPlugin, type Program } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';

/** Adds only a row to the table of kinds in the build. */
const withToy: Plugin = {
  name: 'table-with-toy',
  transform: {
    filter: { id: /src\/kinds\/table\.ts$/ },
    handler: (code) => {
      const row = `import { toy } from '${pathOf('toy.ts')}'; for (const table of [kinds, recordedKinds]) table.toy = toy;`;
      // The lines before keep their numbers.
      return { code: `${code}\n${row}`, map: null };
    },
  },
};
const file = '/run/kata-containers/dans/sandbox-1.json';
const config = {
  ...{ cniVersion: '1.1.0', name: 'kata-net', type: 'dan', device: 'toy', mtu: 1400 },
  ...{ mac: '02:00:00:00:00:05', addresses: ['10.88.0.5/24'], routes: [] },
};

/** The part of `dan list --json` about an attachment that these tests need. */
interface Listed {
  readonly device: string;
  readonly state: string;
  readonly parts: readonly string[];
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The programs with the toy: the executable talks to the kernel itself, the program for Node runs `ip`. */
const programs: Readonly<Record<string, () => Promise<Program>>> = {
  executable: async () => [await buildForHost('src/main.ts', 'dan-with-toy', 'x86_64', [withToy])],
  'program for Node': async () => {
    const outfile = pathOf('../../dist/tests/dan-with-toy.mjs');
    await bundleForNode(outfile, [withToy]);
    return [process.execPath, outfile];
  },
};

describe.each(Object.entries(programs))('a kind of device that is only in the table, %s', (_name, build) => {
  let program: Program;
  let host: Host;
  let netns: string;
  let before: readonly string[];

  beforeAll(async () => {
    program = await build();
    host = await Host.create();
    netns = await host.podNetns('pod');
    before = await traces(host);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    await call('DEL');
    expect(await traces(host)).toEqual(before);
  });

  const call = (command: Call['command'], changes: object = {}): Promise<Answer> =>
    callPlugin(host, { command, config: { ...config, ...changes }, netns, program });
  const dan = async (words: readonly string[], input = ''): Promise<Finished> => {
    const [path, ...args] = program;
    return await host.run(path, [...args, ...words], { input, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  };
  const list = async (): Promise<readonly Listed[]> => {
    const { stdout } = await dan(['list', '--json']);
    const { attachments } = JSON.parse(stdout) as { attachments: readonly Listed[] };
    return attachments.map(({ device, state, parts }) => ({ device, state, parts }));
  };
  /** Attaches the sandbox; returns the result and the name of the link. */
  const attach = async (): Promise<{ readonly prevResult: object; readonly link: string }> => {
    const { exitCode, stdout, json } = await call('ADD');
    expect(exitCode, stdout).toBe(0);
    const [{ name }] = json['interfaces'] as [{ name: string }];
    return { prevResult: json, link: name };
  };

  test('dan plan names its steps and changes nothing', async () => {
    const { exitCode, stdout, stderr } = await dan(
      ['plan', '--json', '--sandbox', 'sandbox-1', '-'],
      JSON.stringify(config),
    );
    expect(exitCode, stderr).toBe(0);
    const { plans } = JSON.parse(stdout) as { plans: readonly object[] };
    expect(plans).toMatchObject([{ device: 'toy', warnings: ['it is a toy'] }]);
    expect(stdout).toMatch(/ip tuntap add dev toy[0-9a-f]{11} mode tap/);
    expect(await traces(host)).toEqual(before);
  });

  test('ADD makes the link with its marks, and its entry in the DAN file', async () => {
    const { link } = await attach();
    expect(link).toMatch(/^toy[0-9a-f]{11}$/);
    const [shown] = JSON.parse(await host.sh(`ip -d -j link show dev ${link}`)) as [Record<string, unknown>];
    expect(shown).toMatchObject({
      mtu: 1400,
      ifalias: 'dan:kata-net:sandbox-1:eth0',
      altnames: [expect.stringMatching(/^dan-[0-9a-f]{40}$/)],
      linkinfo: { info_kind: 'tun', info_data: { vnet_hdr: true, persist: true } },
    });
    expect(shown['flags']).toContain('UP');
    expect(JSON.parse(await host.sh(`cat ${file}`))).toMatchObject({
      devices: [
        {
          guest_mac: '02:00:00:00:00:05',
          device: { type: 'host-tap', tap_name: link },
          network_info: { interface: { ip_addresses: ['10.88.0.5/24'], mtu: 1400 } },
        },
      ],
    });
    expect((await dan(['show', 'sandbox-1'])).stdout).toContain(link);
  });

  test('CHECK and dan list find it as it was made, then changed, then gone', async () => {
    const { prevResult, link } = await attach();
    expect((await call('CHECK', { prevResult })).exitCode).toBe(0);
    expect(await list()).toEqual([{ device: 'toy', state: 'attached', parts: [] }]);

    await host.sh(`ip link set ${link} mtu 1300`);
    const changed = await call('CHECK', { prevResult });
    expect(changed.json['msg']).toContain(`tap ${link}: MTU is 1300, and was made 1400`);
    expect(await list()).toMatchObject([{ device: 'toy', state: 'altered' }]);

    await host.sh(`ip link del ${link}`);
    expect((await call('CHECK', { prevResult })).json['msg']).toContain(`tap ${link} is gone`);
    expect(await list()).toMatchObject([{ state: 'incomplete', parts: [expect.stringContaining('toy')] }]);
  });

  test('DEL removes it, with its record and without', async () => {
    for (const lose of ['true', 'rm /run/dan/attachments/*.json']) {
      await attach();
      await host.sh(lose);
      expect((await call('DEL')).exitCode).toBe(0);
      expect(await traces(host)).toEqual(before);
      expect(await list()).toEqual([]);
    }
  });

  test('GC removes it when it is in use no more', async () => {
    const { link } = await attach();
    const used = [{ containerID: 'sandbox-1', ifname: 'eth0' }];
    expect((await call('GC', { 'cni.dev/valid-attachments': used })).exitCode).toBe(0);
    await host.sh(`ip link show dev ${link}`);
    expect((await call('GC', { 'cni.dev/valid-attachments': [] })).exitCode).toBe(0);
    expect(await traces(host)).toEqual(before);
  });

  test('ADD refuses what it must not have and what it needs, and STATUS is well', async () => {
    const refused = await call('ADD', { bridge: 'br0' });
    expect(refused.json['msg']).toContain('"bridge" has no effect with "device": "toy": a toy is connected to nothing');
    expect((await call('STATUS')).exitCode).toBe(0);
  });

  test('ADD whose link cannot be made undoes everything, and what has its name stays', async () => {
    const { link } = await attach();
    await call('DEL');
    await host.sh(`ip link add ${link} type veth peer name other; ip link set ${link} up`);
    const { exitCode, stdout } = await call('ADD');
    expect(exitCode, stdout).toBe(1);
    expect([...(await traces(host))].sort()).toEqual([...before, `link ${link}`, 'link other'].sort());
    await host.sh(`ip link del ${link}`);
  });
});

describe('dan as it is shipped', () => {
  let host: Host;
  beforeEach(async () => {
    host = await Host.create();
  });
  afterEach(async () => {
    await host[Symbol.asyncDispose]();
  });

  test('knows no toy', async () => {
    const netns = await host.podNetns('pod');
    const { json } = await callPlugin(host, { command: 'ADD', config, netns });
    expect(json['msg']).toContain('must be one of host-tap, vhost-user, tcfilter, macvtap');
  });
});
