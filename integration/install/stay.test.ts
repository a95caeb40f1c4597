import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { expect, test } from 'vitest';
import { containersOf, manifestsOf } from '../../test/deploy/manifests.ts';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';
import { Podman } from '../podman/podman.ts';

const dockerfile = new URL('../../deploy/Dockerfile', import.meta.url);

/** Waits until a process says that it stays; fails where it ends before. */
async function staying(dan: ResultPromise): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, fail) => {
    dan.stdout?.on('data', (text: unknown) => {
      said += String(text);
      if (said.includes('dan stays until')) resolve();
    });
    dan
      .finally(() => {
        fail(new Error(`it did not stay: ${said}`));
      })
      .catch(fail);
  });
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('with --wait it stays, and %s ends it with 0', async (signal) => {
  const root = await mkdtemp(join(tmpdir(), 'dan-stay-'));
  try {
    const args = ['install', '--root', root, '--wait'];
    const dan = execa(executable, args, { env: {}, extendEnv: false, reject: false }) as unknown as ResultPromise;
    await staying(dan);
    expect(await readFile(join(root, 'opt/cni/bin/dan'))).toEqual(await readFile(executable));
    dan.kill(signal);
    expect(await dan).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`dan ends: ${signal} came.`) });
  } finally {
    await rm(root, { recursive: true });
  }
});

test('without --wait, a signal ends it as it ends any program', async () => {
  const root = await mkdtemp(join(tmpdir(), 'dan-stay-'));
  try {
    const args = ['-qq', '--inject=/^rename:signal=TERM:when=1', executable, 'install', '--root', root];
    const { signal, exitCode } = await execa('strace', args, { reject: false });
    expect(signal ?? exitCode).toBe(signal === undefined ? 128 + constants.signals.SIGTERM : 'SIGTERM');
  } finally {
    await rm(root, { recursive: true });
  }
});

/** The node as a container of the DaemonSet sees it, and podman, which runs that. */
class Node {
  readonly #host: Host;
  readonly #directory: string;

  private constructor(host: Host) {
    this.#host = host;
    this.#directory = `${host.directory}/node`;
  }

  /** A node with containerd and Kata, and the image as deploy/Dockerfile makes it. */
  static async create(host: Host, network: string): Promise<Node> {
    const node = new Node(host);
    await Podman.start(host, { networks: {} });
    const context = `${host.directory}/context`;
    await host.sh(`mkdir -p '${context}'; cp '${executable}' '${context}/dan'`);
    await writeInside(host, `${context}/Dockerfile`, await readFile(dockerfile, 'utf8'));
    await host.sh(`podman build --quiet --network none --tag dan '${context}'`);
    const containerd = `version = 2
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]
  runtime_type = "io.containerd.kata.v2"
  cni_conf_dir = "/etc/cni/kata.d"
`;
    await writeInside(host, `${node.#directory}/etc/containerd/config.toml`, containerd);
    await writeInside(host, `${host.directory}/network/dan.conflist`, network);
    return node;
  }

  /** Starts a container, which has what Kubernetes gives it and nothing else. */
  start(name: string, args: readonly string[]): ResultPromise {
    const volumes = ['-v', `${this.#directory}:/host`, '-v', `${this.#host.directory}/network:/network:ro`];
    const bare = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'none'];
    // As in Podman: what a test host may not do.
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--pids-limit', '-1'];
    const place = ['--name', name, '--rm', '--cgroup-parent', this.#host.cgroup];
    return this.#host.spawn('podman', ['run', ...place, ...bare, ...limits, ...volumes, 'dan', ...args], {
      reject: false,
    });
  }

  async read(path: string): Promise<string> {
    return await readFile(join(this.#directory, path), 'utf8');
  }
}

/** The arguments of a manifest's containers, with the variable in them as Kubernetes fills it in. */
function argsOf(file: string, address: string): readonly (readonly string[])[] {
  const [manifest] = manifestsOf(file);
  if (manifest === undefined) throw new Error(`${file} is empty`);
  return containersOf(manifest).map(({ args = [] }) => args.map((word) => word.replace('$(NODE_ADDRESS)', address)));
}

test('the image of deploy/Dockerfile does what the DaemonSets say', async () => {
  await using host = await Host.create();
  const [configMap] = manifestsOf('networks/service-network.yaml');
  const network = configMap?.data?.['dan.conflist'] ?? '';
  const node = await Node.create(host, network);
  expect((await host.sh('podman image inspect --format "{{len .RootFS.Layers}}" dan')).trim()).toBe('1');

  const [install = [], stay = []] = argsOf('daemonset.yaml', '10.88.0.2');
  const installed = await node.start('install', install);
  expect(installed, String(installed.stderr)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await node.read('etc/cni/kata.d/10-dan.conflist')).toBe(network.replace('NODE_ADDRESS', '10.88.0.2'));
  expect(await host.sh(`'${host.directory}/node/opt/cni/bin/dan' --version`)).toMatch(/^dan \d/);

  // As the first process of its container, where no signal does anything by itself.
  const dan = node.start('dan', stay);
  await staying(dan);
  await host.sh('podman kill --signal TERM dan');
  const ended = await dan;
  expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Nothing to do\.\r?\n.*\r?\ndan ends/) });

  // The same with what Kubernetes leaves in the arguments where it knows no such variable.
  const failed = await node.start('fails', argsOf('daemonset.yaml', '$(NODE_ADDRESS)')[0] ?? []);
  expect(failed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is not an IP address') });

  const [uninstall = []] = argsOf('uninstall.yaml', '');
  expect(await node.start('uninstall', uninstall)).toMatchObject({ exitCode: 0, stderr: '' });
  await expect(node.read('opt/cni/bin/dan')).rejects.toThrow('ENOENT');
});
