import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { type Cnitool, cnitool, type Libcni } from './cnitool.ts';
import {
  type ConfList,
  danDevices,
  installPlugins,
  makeBridge,
  type Plugins,
  shippedList,
  writeLists,
} from './node.ts';

interface Pod {
  readonly host: Host;
  readonly tool: Cnitool;
  readonly network: string;
  readonly netns: string;
}

async function pod(host: Host, libcni: Libcni, plugins: Plugins, list: ConfList): Promise<Pod> {
  await makeBridge(host);
  const tool = {
    host,
    libcni,
    plugins: await installPlugins(host, plugins),
    lists: await writeLists(host, '/run/net.d', [list]),
  };
  return { host, tool, network: list.name, netns: await host.podNetns('pod') };
}

/** A configuration of containerd with the directories of plugins and lists. */
function containerdFile({ plugins, lists }: Cnitool): string {
  return `version = 2\n[plugins."io.containerd.grpc.v1.cri".cni]\nbin_dir = "${plugins}"\nconf_dir = "${lists}"\n`;
}

async function succeeds({ tool, network, netns }: Pod, command: Parameters<typeof cnitool>[1]): Promise<string> {
  const { exitCode, stdout, stderr } = await cnitool(tool, command, network, netns);
  expect({ command, exitCode, why: exitCode === 0 ? '' : `${stdout}${stderr}` }).toEqual({
    command,
    exitCode: 0,
    why: '',
  });
  return stdout;
}

/** The CNI version of the result that `add` prints. */
async function add(attached: Pod): Promise<unknown> {
  const { cniVersion } = JSON.parse(await succeeds(attached, 'add')) as { readonly cniVersion: unknown };
  return cniVersion;
}

/** Names of the devices in the DAN file of the only sandbox. */
async function attached({ host }: Pod): Promise<readonly string[]> {
  return Object.values(await danDevices(host)).flatMap((devices) => devices.map(({ name }) => name));
}

/** A list with only one version, for clients and plugins that support no newer one. */
function withVersion({ cniVersions: _, ...list }: ConfList, cniVersion: string): ConfList {
  return { ...list, cniVersion };
}

const behindPtp: ConfList = {
  cniVersion: '1.0.0',
  name: 'kata-net',
  plugins: [
    { type: 'ptp', ipam: { type: 'host-local', ranges: [[{ subnet: '10.89.0.0/16' }]] } },
    { type: 'dan', device: 'tcfilter' },
  ],
};

const macvtapBehindPtp: ConfList = {
  ...behindPtp,
  plugins: [behindPtp.plugins[0]!, { type: 'dan', device: 'macvtap', mode: 'passthru', runtime: 'generic' }],
};

/** The ready lists as shipped, except for those that need Open vSwitch, whereabouts, or VLANs of the bridge. */
const byDanAlone = {
  'host-tap': shippedList('host-tap'),
  'host-tap-dual-stack': shippedList('host-tap-dual-stack'),
  'host-tap-multi-queue': shippedList('host-tap-multi-queue'),
  'host-tap-service-network': shippedList('host-tap-service-network'),
  'host-tap-static': shippedList('host-tap-static'),
  'vhost-user-foreign-switch': shippedList('vhost-user-foreign-switch'),
};
const lists: Readonly<Record<string, ConfList>> = {
  ...byDanAlone,
  'macvtap-behind-bridge': shippedList('macvtap-behind-bridge'),
  'tcfilter-behind-bridge': shippedList('tcfilter-behind-bridge'),
  'tcfilter behind ptp': behindPtp,
  'macvtap behind ptp': macvtapBehindPtp,
};

const origins: readonly Plugins[] = ['debian', 'newest'];

/** The list in a form that a client supports, and the version of the result. */
function suitable(name: string, libcni: Libcni): { readonly list: ConfList; readonly version: string } {
  const list = lists[name]!;
  // This client supports CNI up to 0.4.0.
  if (libcni === '0.8') return { list: withVersion(list, '0.4.0'), version: '0.4.0' };
  // libcni 1.1 ignores "cniVersions"; a list with other plugins does not have it.
  return { list, version: libcni === '1.3' && name in byDanAlone ? '1.1.0' : '1.0.0' };
}

const everyCase = (['0.8', '1.1', '1.3'] as const).flatMap((libcni) =>
  origins.flatMap((plugins) => Object.keys(lists).map((name) => ({ libcni, plugins, name }))),
);

test.for(everyCase)('cnitool $libcni attaches, checks and deletes $name with $plugins plugins', async (given) => {
  const { libcni, plugins, name } = given;
  await using host = await Host.create();
  const { list, version } = suitable(name, libcni);
  const network = await pod(host, libcni, plugins, list);
  expect(await add(network)).toBe(version);
  expect(await attached(network)).toEqual(['eth0']);
  await succeeds(network, 'check');
  await succeeds(network, 'del');
  expect(await traces(host)).toEqual(['netns pod']);
  // Runtimes repeat a DEL if they did not see its answer.
  await succeeds(network, 'del');
});

/** A list that offers 1.1.0 with other plugins, as an operator may write it. */
const offering: ConfList = { ...behindPtp, cniVersions: ['1.0.0', '1.1.0'] };

test.for(origins)(
  'cnitool 1.3, dan validate and dan doctor agree whether %s plugins know what a list offers',
  async (plugins) => {
    await using host = await Host.create();
    const network = await pod(host, '1.3', plugins, offering);
    await host.sh('mkdir -p /etc/containerd');
    await writeInside(host, '/etc/containerd/config.toml', containerdFile(network.tool));
    const validated = await host.run(executable, ['validate', '/run/net.d/10-kata-net.conflist']);
    const examined = await host.run(executable, ['doctor', '--json']);
    const { findings } = JSON.parse(examined.stdout) as { readonly findings: readonly { readonly id: string }[] };
    const found = findings.some(({ id }) => id === 'cni-plugin-versions');
    const added = await cnitool(network.tool, 'add', network.network, network.netns);
    const knows = plugins === 'newest';
    expect({ validated: validated.exitCode, found, added: added.exitCode }).toEqual(
      knows ? { validated: 0, found: false, added: 0 } : { validated: 1, found: true, added: 1 },
    );
    if (knows) return;
    expect(added.stderr).toContain('incompatible CNI versions; config is "1.1.0"');
    expect(validated.stdout.replace(/\s+/g, ' ')).toContain(
      `${network.tool.plugins}/ptp does not know it: it knows 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0; every pod fails; ` +
        'say "cniVersion": "1.0.0" without "cniVersions"',
    );
  },
);

test.for(origins)(
  'dan install writes a list as cnitool 1.3 and the %s plugins of the node can use it',
  async (plugins) => {
    await using host = await Host.create();
    const network = await pod(host, '1.3', plugins, offering);
    await host.sh('rm -r /etc/containerd; mkdir -p /etc/containerd; rm /run/net.d/*');
    await writeInside(host, '/etc/containerd/config.toml', containerdFile(network.tool));
    await writeInside(host, '/run/own.conflist', JSON.stringify(offering));
    const words = ['install', '--config', '/run/own.conflist', '--conf-dir', '/run/net.d', '--shared', '--json'];
    const { exitCode, stdout } = await host.run(executable, words);
    expect(exitCode, stdout).toBe(0);
    expect(await add(network)).toBe(plugins === 'newest' ? '1.1.0' : '1.0.0');
    await succeeds(network, 'check');
    await succeeds(network, 'del');
    expect(await traces(host)).toEqual(['netns pod']);
  },
);

/** The lists for which a client of CNI 1.1.0 calls STATUS and GC. */
const casesOf110 = origins.flatMap((plugins) => Object.keys(byDanAlone).map((name) => ({ plugins, name })));

test.for(casesOf110)(
  'cnitool 1.3 gets the STATUS of $name with $plugins plugins, and its GC deletes all',
  async (given) => {
    await using host = await Host.create();
    const network = await pod(host, '1.3', given.plugins, lists[given.name]!);
    await succeeds(network, 'status');
    expect(await add(network)).toBe('1.1.0');
    await succeeds(network, 'gc');
    expect(await traces(host)).toEqual(['netns pod']);
  },
);

test('cnitool 1.3 gets a STATUS that names the bridge which is not there', async () => {
  await using host = await Host.create();
  const network = await pod(host, '1.3', 'newest', shippedList('host-tap'));
  await host.sh('ip link delete br0');
  const { exitCode, stderr } = await cnitool(network.tool, 'status', network.network, network.netns);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('br0');
});

/** The client of a node is replaced while pods run: it has kept results of ADD in the older client's version. */
const upgrades = origins.flatMap((plugins) => Object.keys(lists).map((name) => ({ plugins, name })));

test.for(upgrades)('cnitool 1.3 deletes $name with $plugins plugins that cnitool 1.1 attached', async (given) => {
  await using host = await Host.create();
  const before = await pod(host, '1.1', given.plugins, lists[given.name]!);
  expect(await add(before)).toBe('1.0.0');
  const after: Pod = { ...before, tool: { ...before.tool, libcni: '1.3' } };
  await succeeds(after, 'check');
  await succeeds(after, 'del');
  expect(await traces(host)).toEqual(['netns pod']);
});

test('cnitool 1.3 deletes what cnitool 1.1 attached, after the plugins became newer and the list offers more', async () => {
  await using host = await Host.create();
  const before = await pod(host, '1.1', 'debian', behindPtp);
  expect(await add(before)).toBe('1.0.0');
  await writeLists(host, '/run/net.d', [offering]);
  const tool: Cnitool = { ...before.tool, libcni: '1.3', plugins: await installPlugins(host, 'newest') };
  await succeeds({ ...before, tool }, 'check');
  await succeeds({ ...before, tool }, 'del');
  expect(await traces(host)).toEqual(['netns pod']);
});

test('cnitool 1.1 deletes what cnitool 1.3 attached once the kept result of CNI 1.1.0 is removed', async () => {
  await using host = await Host.create();
  const before = await pod(host, '1.3', 'debian', lists['host-tap']!);
  expect(await add(before)).toBe('1.1.0');
  const after: Pod = { ...before, tool: { ...before.tool, libcni: '1.1' } };
  const refused = await cnitool(after.tool, 'del', after.network, after.netns);
  expect(refused.stderr).toContain('cached result: unsupported CNI result version "1.1.0"');
  await host.sh('rm /var/lib/cni/results/kata-net-*-eth0');
  await succeeds(after, 'del');
  expect(await traces(host)).toEqual(['netns pod']);
});

// What the documentation says about these clients, and the reason for the versions in the shipped lists.
const tooNew = [
  { libcni: '0.8', version: '1.0.0' },
  { libcni: '1.1', version: '1.1.0' },
] as const;

test.for(tooNew)(
  'cnitool $libcni refuses CNI $version at ADD, and its DEL leaves nothing',
  async ({ libcni, version }) => {
    await using host = await Host.create();
    const network = await pod(host, libcni, 'newest', withVersion(shippedList('host-tap'), version));
    const { exitCode, stderr } = await cnitool(network.tool, 'add', network.network, network.netns);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`unsupported CNI result version "${version}"`);
    await succeeds(network, 'del');
    expect(await traces(host)).toEqual(['netns pod']);
  },
);
