import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { expect, test } from 'vitest';
import { manifestsOf, nodeDirectories, podOf } from '../../test/deploy/manifests.ts';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';
import { Podman } from '../podman/podman.ts';

const dockerfile = new URL('../../deploy/Dockerfile', import.meta.url);

/** Waits until a process reports that it waits; fails if the process ends first. */
async function waiting(dan: ResultPromise): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, fail) => {
    dan.stdout?.on('data', (text: unknown) => {
      said += String(text);
      if (said.includes('dan waits until')) resolve();
    });
    dan
      .finally(() => {
        fail(new Error(`it did not wait: ${said}`));
      })
      .catch(fail);
  });
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('dan wait waits, and %s ends it with 0', async (signal) => {
  const dan = execa(executable, ['wait'], { env: {}, extendEnv: false, reject: false }) as unknown as ResultPromise;
  await waiting(dan);
  dan.kill(signal);
  expect(await dan).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`dan ends: ${signal} came.`) });
});

test('a signal ends an installation as it ends any program', async () => {
  const root = await mkdtemp(join(tmpdir(), 'dan-stay-'));
  try {
    const args = ['-qq', '--inject=/^rename:signal=TERM:when=1', executable, 'install', '--root', root];
    const { signal, exitCode } = await execa('strace', args, { reject: false });
    expect(signal ?? exitCode).toBe(signal === undefined ? 128 + constants.signals.SIGTERM : 'SIGTERM');
  } finally {
    await rm(root, { recursive: true });
  }
});

/** A node, and podman, which runs containers there as Kubernetes would. */
class Node {
  readonly #host: Host;
  readonly #directory: string;

  private constructor(host: Host) {
    this.#host = host;
    this.#directory = `${host.directory}/node`;
  }

  /** A node with containerd and Kata, and the image of deploy/Dockerfile. */
  static async create(host: Host, network: string): Promise<Node> {
    const node = new Node(host);
    await Podman.start(host, { networks: {} });
    const context = `${host.directory}/context`;
    await host.sh(`mkdir -p '${context}'; cp '${executable}' '${context}/dan'`);
    await writeInside(host, `${context}/Dockerfile`, await readFile(dockerfile, 'utf8'));
    await host.sh(`podman build --quiet --network none --tag dan '${context}'`);
    await writeInside(host, node.path('/etc/containerd/config.toml'), containerdConfiguration);
    await writeInside(
      host,
      node.path('/opt/kata/share/defaults/kata-containers/configuration.toml'),
      kataConfiguration,
    );
    // The directories that every node has, and those that Kubernetes creates for the manifest.
    const made = ['/opt/cni/bin', '/etc/cni/kata.d', '/var/lib/dan', '/etc/kata-containers', '/run/dan'];
    await host.sh(`mkdir -p ${made.map((one) => `'${node.path(one)}'`).join(' ')}`);
    await writeInside(host, `${host.directory}/network/dan.conflist`, network);
    return node;
  }

  /** The path on the host of a path on the node. */
  path(path: string): string {
    return `${this.#directory}${path}`;
  }

  /** Starts a container of a manifest, with exactly the settings that the manifest has. */
  start(file: string, name: string, address = ''): ResultPromise {
    const [pod] = manifestsOf(file).map(podOf);
    const container = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].find((one) => one.name === name);
    if (pod === undefined || container === undefined) throw new Error(`${file} has no container ${name}`);
    const volumes = nodeDirectories(pod, container).map(
      ({ from, to, isWritable }) => `${this.path(from)}:${to}${isWritable ? '' : ':ro'}`,
    );
    const network = container.volumeMounts?.some(({ mountPath }) => mountPath === '/network') === true;
    if (network) volumes.push(`${this.#host.directory}/network:/network:ro`);
    const user = container.securityContext?.runAsUser ?? pod.securityContext?.runAsUser ?? 0;
    // podman's default profile of system calls corresponds to RuntimeDefault.
    const bare = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'none'];
    // As in Podman: a test host must not raise limits.
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--pids-limit', '-1'];
    const place = ['--name', name, '--rm', '--cgroup-parent', this.#host.cgroup, '--user', `${user}:${user}`];
    const args = (container.args ?? []).map((word) => word.replace('$(NODE_ADDRESS)', address));
    const mounted = volumes.flatMap((volume) => ['-v', volume]);
    return this.#host.spawn('podman', ['run', ...place, ...bare, ...limits, ...mounted, 'dan', ...args], {
      reject: false,
    });
  }

  async read(path: string): Promise<string> {
    return await readFile(this.path(path), 'utf8');
  }
}

const containerdConfiguration = `version = 2
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]
  runtime_type = "io.containerd.kata.v2"
  cni_conf_dir = "/etc/cni/kata.d"
`;

const kataConfiguration = '[runtime]\ndan_conf = "/run/kata-containers/dans"\n';

test('the containers of deploy/ do their work with the directories and the rights that they have there', async () => {
  await using host = await Host.create();
  const [configMap] = manifestsOf('networks/service-network/network.yaml');
  const network = configMap?.data?.['dan.conflist'] ?? '';
  const node = await Node.create(host, network);
  expect((await host.sh('podman image inspect --format "{{len .RootFS.Layers}}" dan')).trim()).toBe('1');

  const installed = await node.start('base/daemonset.yaml', 'install', '10.88.0.2');
  expect(installed, String(installed.stderr)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(installed.stdout).toContain('Kata already looks for DAN files in /run/kata-containers/dans');
  expect(await node.read('/etc/cni/kata.d/10-dan.conflist')).toBe(network.replace('NODE_ADDRESS', '10.88.0.2'));
  expect(await host.sh(`'${node.path('/opt/cni/bin/dan')}' --version`)).toMatch(/^dan \d/);
  const again = await node.start('base/daemonset.yaml', 'install', '10.88.0.2');
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\nNothing to do\.\r?\n?$/) });

  // It runs as the first process of its container, for which signals have no default effect.
  const dan = node.start('base/daemonset.yaml', 'dan');
  await waiting(dan);
  await host.sh('podman kill --signal TERM dan');
  expect(await dan).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('dan ends: SIGTERM came.') });

  // The same with an argument in which Kubernetes did not replace an unknown variable.
  const failed = await node.start('base/daemonset.yaml', 'install', '$(NODE_ADDRESS)');
  expect(failed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is not an IP address') });

  await writeInside(host, node.path('/run/dan/attachments/dan0123456789a.json'), '{"entry":{}}');
  const refused = await node.start('uninstall/daemonset.yaml', 'uninstall');
  expect(refused).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('this node has 1 attachment') });
  await host.sh(`rm '${node.path('/run/dan/attachments/dan0123456789a.json')}'`);
  const uninstalled = await node.start('uninstall/daemonset.yaml', 'uninstall');
  expect(uninstalled, String(uninstalled.stderr)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(uninstalled.stdout).toContain('it is mounted here');
  expect((await host.sh(`cd '${node.path('')}'; find opt/cni etc/cni var -type f`)).trim()).toBe('');
  const nothing = await node.start('uninstall/daemonset.yaml', 'uninstall');
  expect(nothing).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Nothing to do\.\r?\n?$/) });
});

test('a node whose directories are not those of the manifest is not set up, and the message names the directory', async () => {
  await using host = await Host.create();
  const node = await Node.create(host, '{}');
  const elsewhere = containerdConfiguration.replace('/etc/cni/kata.d', '/etc/cni/other.d');
  await writeInside(host, node.path('/etc/containerd/config.toml'), elsewhere);
  const [configMap] = manifestsOf('networks/tcfilter/network.yaml');
  await writeInside(host, `${host.directory}/network/dan.conflist`, configMap?.data?.['dan.conflist'] ?? '');
  const failed = await node.start('base/daemonset.yaml', 'install', '10.88.0.2');
  expect(failed).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('/host/etc/cni/other.d cannot be made'),
  });
  expect(failed.stderr).toContain('read-only file system');
});
