import { expect, test } from 'vitest';
import { Containerd } from '../containerd/containerd.ts';
import { addresses, readDanFile } from '../containerd/kata-network.ts';
import { installKataShim } from '../docs/shim.ts';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import type { Finished } from '../harness/starter.ts';
import { writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';

/** The network of all other pods. containerd is not ready without a network of its own. */
const otherPods = {
  cniVersion: '1.0.0',
  name: 'cluster',
  plugins: [{ type: 'bridge', bridge: 'cni0', ipam: { type: 'host-local', subnet: '10.99.0.0/24' } }],
};

const handlers = `
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]
  runtime_type = "io.containerd.kata.v2"
  cni_conf_dir = "/etc/cni/kata.d"
`;

const kataConfiguration = '/etc/kata-containers/runtime-rs/configuration.toml';

async function dan(host: Host, ...words: readonly string[]): Promise<Finished> {
  return await host.run(executable, words);
}

/** Every file below some directories, with its mode and hash. */
async function filesIn(host: Host): Promise<string> {
  return await host.sh(`
    for directory in /etc/cni /etc/kata-containers /usr/lib/cni /var/lib/dan; do
      [ -d "$directory" ] || continue
      find "$directory" -printf '%M %p\\n' -type f -exec sha256sum {} +
    done | sort`);
}

test('containerd takes up what is installed without a restart, and goes on when it has gone', async () => {
  await using host = await Host.create();
  await host.sh('ip link add br0 type bridge; ip address add 10.88.0.1/16 dev br0; ip link set br0 up');
  await installKataShim(host);
  await writeInside(host, kataConfiguration, '[hypervisor.qemu]\n[runtime]\nhypervisor_name = "qemu"\n');
  using containerd = await Containerd.start(host, { networks: { '10-cluster.conflist': otherPods }, handlers });
  const { cri } = containerd;
  const before = await filesIn(host);
  let pods = 0;
  // containerd reserves the name of a pod that failed to start for a while.
  const runPod = (): Promise<string> => cri.runPodSandbox({ name: `pod-${pods++}`, handler: 'kata' });
  await expect(runPod()).rejects.toThrow('cni plugin not initialized');

  const installed = await dan(host, 'install', '--config', 'host-tap');
  expect(installed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(installed.stdout).toContain('containerd’s handler kata takes 10-dan.conflist');
  const id = await eventually('a pod with the new network', runPod);
  const { ip } = await cri.podSandboxStatus(id);
  expect([ip]).toEqual(addresses(await readDanFile(host, id)));
  await host.sh(`ping -c 1 -W 5 ${ip}`);

  // A pod of another handler keeps its network.
  const other = await cri.runPodSandbox({ name: 'other', handler: 'runc' });
  expect((await cri.podSandboxStatus(other)).ip).toMatch(/^10\.99\.0\./);

  const refused = await dan(host, 'uninstall');
  expect(refused).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('1 attachment') });
  await cri.stopPodSandbox(id);
  await cri.removePodSandbox(id);
  expect(await dan(host, 'uninstall')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await filesIn(host)).toBe(before);

  // containerd also notices a removal, and a second installation.
  await expect.poll(() => runPod().catch(String), { timeout: 10_000 }).toContain('cni plugin not initialized');
  await dan(host, 'install', '--config', 'host-tap');
  await eventually('a pod with the network installed again', runPod);
});

test('an executable that runs is replaced, and the process that runs it goes on', async () => {
  await using host = await Host.create();
  // Any program that runs for a while, under the plugin's name.
  await host.sh('cp "$(command -v sleep)" /usr/lib/cni/dan');
  const old = host.spawn('/usr/lib/cni/dan', ['100'], { reject: false });
  await expect.poll(() => host.sh('pgrep -x dan || true')).not.toBe('');
  const pid = await host.sh('pgrep -x dan');
  expect(await dan(host, 'install', '--bin-dir', '/usr/lib/cni')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await host.sh('/usr/lib/cni/dan --version')).toMatch(/^dan \d/);
  expect(await host.sh(`readlink /proc/${pid}/exe`)).toBe('/usr/lib/cni/dan (deleted)');
  await host.sh(`kill ${pid}`);
  await old;
});

test('killed at any rename or any directory that it makes, it is taken up again, and undone', async () => {
  await using host = await Host.create();
  await writeInside(host, kataConfiguration, '[runtime]\n');
  const words = 'install --config host-tap --conf-dir /etc/cni/kata.d --bin-dir /usr/lib/cni';
  const before = await filesIn(host);
  const kill = async (calls: string, nth: number): Promise<boolean> => {
    const inject = `--inject=${calls}:signal=KILL:when=${nth}`;
    const { exitCode } = await host.run('strace', [
      '-f',
      '-qq',
      `--trace=${calls}`,
      inject,
      executable,
      ...words.split(' '),
    ]);
    return exitCode !== 0;
  };
  let killed = 0;
  for (const calls of ['/^rename', '/^mkdir', '/^fsync']) {
    for (let nth = 1; await kill(calls, nth); nth++) {
      killed++;
      if (nth % 2 === 0) expect(await dan(host, ...words.split(' '))).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await dan(host, 'uninstall')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await filesIn(host), `${calls} ${nth}`).toBe(before);
    }
    await dan(host, 'uninstall');
  }
  // At least four files and three directories are made, and each file is synchronized.
  expect(killed).toBeGreaterThan(10);
});

test('nothing that it makes is open to others for a moment, whatever the umask of its caller', async () => {
  await using host = await Host.create();
  await writeInside(host, kataConfiguration, '[runtime]\n');
  const words = 'install --config host-tap --conf-dir /etc/cni/kata.d --bin-dir /opt/cni/bin --root /run/node';
  await host.sh('mkdir /run/node');
  const calls = await host.sh(`
    umask 000
    strace -f -qq -e trace=mkdir,mkdirat,open,openat,creat '${executable}' ${words} 2>&1 >/dev/null | grep -E 'mkdir|O_CREAT'`);
  const modes = [...calls.matchAll(/, (0[0-7]+)\) += /g)].map(([, mode]) => mode);
  expect(modes.length).toBeGreaterThan(6);
  expect(new Set(modes)).toEqual(new Set(['0755', '0600']));
});

test('a directory that is swapped for a link all the time leads nothing out of the node that is set up', async () => {
  await using host = await Host.create();
  const above = '/run/node/opt/cni';
  await host.sh(`mkdir -p ${above}/bin /run/outside/bin`);
  const swap = `while [ ! -e /run/stop ]; do mv ${above} ${above}.real; ln -s /run/outside ${above}; rm ${above}; mv ${above}.real ${above}; done`;
  const swapper = host.spawn('sh', ['-c', swap], { reject: false });
  for (let round = 0; round < 20; round++) {
    await dan(host, 'install', '--config', 'host-tap', '--root', '/run/node', '--conf-dir', '/etc/cni/kata.d');
    await dan(host, 'uninstall', '--root', '/run/node');
  }
  await host.sh('touch /run/stop');
  await swapper;
  expect(await host.sh('ls -A /run/outside /run/outside/bin')).toBe('/run/outside:\nbin\n\n/run/outside/bin:');
});

test('a link to a directory that is missing is named', async () => {
  await using host = await Host.create();
  await host.sh('mkdir -p /run/node/opt/cni/bin; ln -s /nowhere/dan /run/node/opt/cni/bin/dan');
  const { exitCode, stderr } = await dan(host, 'install', '--root', '/run/node');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('/run/node/nowhere is missing: make it, or remove the link that leads there');
});
