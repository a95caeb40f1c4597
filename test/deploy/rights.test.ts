import { describe, expect, it } from 'vitest';
import { recordDirectory } from '../../src/attach/directories.ts';
import { manifestDirectory } from '../../src/cli/install/manifest.ts';
import { containerdDefaults } from '../../src/config/containerd.ts';
import { type Container, files, manifestsOf, nodeDirectories, type PodSpec, podOf } from './manifests.ts';

const pods = files
  .flatMap((file) => manifestsOf(file).map((manifest) => ({ file, pod: podOf(manifest) })))
  .filter(({ pod }) => pod.containers !== undefined);

const containers = pods.flatMap(({ file, pod }) =>
  [...(pod.initContainers ?? []), ...(pod.containers ?? [])].map((container) => ({ file, pod, container })),
);

/** dan where it writes to the node, which belongs to root. */
function isInstaller({ args }: Container): boolean {
  return ['install', 'uninstall'].includes(args?.[0] ?? '');
}

/** What a container is in force: its own word, or that of its pod. */
function inForce<K extends 'runAsNonRoot' | 'runAsUser' | 'seccompProfile'>(pod: PodSpec, one: Container, key: K) {
  return one.securityContext?.[key] ?? pod.securityContext?.[key];
}

it('there are pods to look at: two that set nodes up, and the examples', () => {
  expect(pods.map(({ file }) => file)).toEqual([
    'daemonset.yaml',
    'examples/deployment.yaml',
    'examples/pod-multus.yaml',
    'examples/pod.yaml',
    'uninstall.yaml',
  ]);
  expect(containers.filter(({ container }) => isInstaller(container))).toHaveLength(2);
});

describe.each(pods)('the pods of $file', ({ pod }) => {
  it('share no namespace with the node, and have no token', () => {
    expect(pod).not.toHaveProperty('hostNetwork');
    expect(pod).not.toHaveProperty('hostPID');
    expect(pod).not.toHaveProperty('hostIPC');
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  it('have no more of the node than they mount', () => {
    const named = containers.filter((one) => one.pod === pod).flatMap(({ container }) => container.volumeMounts ?? []);
    expect(new Set((pod.volumes ?? []).map(({ name }) => name))).toEqual(new Set(named.map(({ name }) => name)));
  });
});

describe.each(containers)('the container $container.name of $file', ({ file, pod, container }) => {
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
    // Each has the place that it has on the node, below the root that dan is told.
    for (const { from, to } of directories) expect(to).toBe(`/host${from}`);
    const read = directories.filter(({ isWritable }) => !isWritable).map(({ from }) => from);
    const needed: Record<string, readonly string[]> = {
      'daemonset.yaml': ['/etc/containerd', '/opt/kata', '/etc/kata-containers'],
      'uninstall.yaml': ['/etc/containerd', recordDirectory.replace(/\/attachments$/, '')],
    };
    expect(read).toEqual(isInstaller(container) ? needed[file] : []);
  });
});

it('only directories that nobody else looks into are made where they are missing', () => {
  for (const { file, pod } of pods.filter(({ file }) => !file.startsWith('examples/'))) {
    const types = (pod.volumes ?? []).flatMap(({ hostPath }) => (hostPath === undefined ? [] : [hostPath]));
    const made = types.filter(({ type }) => type !== 'Directory').map(({ path, type }) => `${path} ${type}`);
    expect(made, file).toEqual([
      `${manifestDirectory} DirectoryOrCreate`,
      file === 'daemonset.yaml' ? '/etc/kata-containers DirectoryOrCreate' : '/run/dan DirectoryOrCreate',
    ]);
  }
});
