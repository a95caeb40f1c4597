import { describe, expect, it } from 'vitest';
import { defaultDanConf, recordDirectory } from '../../src/attach/directories.ts';
import { readArguments } from '../../src/cli/arguments.ts';
import { commands } from '../../src/cli/commands.ts';
import { manifestDirectory } from '../../src/cli/install/manifest.ts';
import { containerdDefaults } from '../../src/config/containerd.ts';
import { type Container, files, manifestsOf, nodeDirectories, type PodSpec, podOf } from './manifests.ts';

const pods = files
  .flatMap((file) => manifestsOf(file).map((manifest) => ({ file, pod: podOf(manifest) })))
  .filter(({ pod }) => pod.containers !== undefined);

/** dan as a metrics server: it shares the node's network, and its own rights are below. */
const monitoring = 'monitoring/daemonset.yaml';

const containers = pods.flatMap(({ file, pod }) =>
  [...(pod.initContainers ?? []), ...(pod.containers ?? [])].map((container) => ({ file, pod, container })),
);

/** dan as an installer, which writes to the node's files, which belong to root. */
function isInstaller({ args }: Container): boolean {
  return ['install', 'uninstall'].includes(args?.[0] ?? '');
}

/** The effective setting of a container: its own, or that of its pod. */
function inForce<K extends 'runAsNonRoot' | 'runAsUser' | 'seccompProfile'>(pod: PodSpec, one: Container, key: K) {
  return one.securityContext?.[key] ?? pod.securityContext?.[key];
}

it('there are pods to look at: two that set nodes up, the examples, and the metrics', () => {
  expect(pods.map(({ file }) => file)).toEqual([
    'base/daemonset.yaml',
    'examples/deployment.yaml',
    'examples/pod-multus.yaml',
    'examples/pod.yaml',
    monitoring,
    'uninstall/daemonset.yaml',
  ]);
  expect(containers.filter(({ container }) => isInstaller(container))).toHaveLength(2);
});

describe.each(pods)('the pods of $file', ({ file, pod }) => {
  it('share no namespace with the node but those of metrics its network, and have no token', () => {
    expect('hostNetwork' in pod).toBe(file === monitoring);
    expect(pod).not.toHaveProperty('hostPID');
    expect(pod).not.toHaveProperty('hostIPC');
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  it('have no more of the node than they mount', () => {
    const named = containers.filter((one) => one.pod === pod).flatMap(({ container }) => container.volumeMounts ?? []);
    expect(new Set((pod.volumes ?? []).map(({ name }) => name))).toEqual(new Set(named.map(({ name }) => name)));
  });
});

describe.each(containers.filter(({ file }) => file !== monitoring))(
  'the container $container.name of $file',
  ({ file, pod, container }) => {
    it('has no capability, gains no right, writes no root file system, and has the runtime’s seccomp profile', () => {
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.securityContext?.capabilities).not.toHaveProperty('add');
      expect(container.securityContext).not.toHaveProperty('privileged');
      expect(inForce(pod, container, 'seccompProfile')).toEqual({ type: 'RuntimeDefault' });
    });

    it('is root only where it writes to the node', () => {
      const [nonRoot, user] = [inForce(pod, container, 'runAsNonRoot'), inForce(pod, container, 'runAsUser')];
      expect([nonRoot, user]).toEqual(isInstaller(container) ? [false, 0] : [true, 65534]);
    });

    it('has the directories of the node that it needs, and writes to three of them', () => {
      const directories = nodeDirectories(pod, container);
      const writable = directories.filter(({ isWritable }) => isWritable).map(({ from }) => from);
      expect(writable).toEqual(
        isInstaller(container) ? [containerdDefaults.binDir, '/etc/cni/kata.d', manifestDirectory] : [],
      );
      // Each directory has the same path as on the node, below the root that dan is given.
      for (const { from, to } of directories) expect(to).toBe(`/host${from}`);
      const read = directories.filter(({ isWritable }) => !isWritable).map(({ from }) => from);
      const needed: Record<string, readonly string[]> = {
        'base/daemonset.yaml': ['/etc/containerd', '/opt/kata', '/etc/kata-containers'],
        'uninstall/daemonset.yaml': ['/etc/containerd', recordDirectory.replace(/\/attachments$/, '')],
      };
      expect(read).toEqual(isInstaller(container) ? needed[file] : []);
    });
  },
);

describe('the container of the metrics', () => {
  const [{ pod, container } = { pod: {}, container: undefined }, ...others] = containers.filter(
    ({ file }) => file === monitoring,
  );

  it('is the only one, and serves where Prometheus asks', () => {
    expect(others).toEqual([]);
    expect(container?.args).toEqual(['metrics', '--listen', '$(NODE_ADDRESS):9464']);
    expect(readArguments(container?.args ?? [], commands)).toMatchObject({ do: 'run', command: { name: 'metrics' } });
  });

  it('may enter namespaces, as root, and nothing else', () => {
    expect(container?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] },
      runAsUser: 0,
    });
    expect(container?.securityContext).not.toHaveProperty('privileged');
    expect(pod.securityContext?.seccompProfile).toEqual({ type: 'RuntimeDefault' });
  });

  it('reads the places that dan list reads, where the node has them, and writes to none', () => {
    const directories = container === undefined ? [] : nodeDirectories(pod, container);
    expect(directories.filter(({ isWritable }) => isWritable)).toEqual([]);
    // containerd's paths for namespaces begin with /var/run, which is a link on a node and does not exist in the image.
    for (const { from, to } of directories)
      expect(['/run/netns', from]).toContain(to.replace('/var/run/netns', '/run/netns'));
    expect(directories.map(({ to }) => to)).toContain('/var/run/netns');
    const read = directories.map(({ from }) => from);
    for (const place of [recordDirectory, defaultDanConf, '/run/netns', '/etc/cni/net.d', '/etc/containerd']) {
      expect(read.some((directory) => `${place}/`.startsWith(`${directory}/`))).toBe(true);
    }
    // Namespaces that are mounted later appear in it.
    const namespaces = container?.volumeMounts?.filter(({ name }) => name === 'namespaces');
    expect(namespaces).toMatchObject(Array(2).fill({ mountPropagation: 'HostToContainer' }));
  });
});

it('only directories that nobody else looks into are made where they are missing', () => {
  for (const { file, pod } of pods.filter(({ file }) => file !== monitoring && !file.startsWith('examples/'))) {
    const types = (pod.volumes ?? []).flatMap(({ hostPath }) => (hostPath === undefined ? [] : [hostPath]));
    const made = types.filter(({ type }) => type !== 'Directory').map(({ path, type }) => `${path} ${type}`);
    expect(made, file).toEqual([
      `${manifestDirectory} DirectoryOrCreate`,
      file === 'base/daemonset.yaml' ? '/etc/kata-containers DirectoryOrCreate' : '/run/dan DirectoryOrCreate',
    ]);
  }
});
