import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { version } from '../../src/cli/about.ts';
import { commands } from '../../src/cli/commands.ts';
import { fillInNodeAddress } from '../../src/cli/install/question.ts';
import { danConfOfList } from '../../src/cli/install/plan-install.ts';
import { readyConfigurations } from '../../src/cli/install/ready-configurations.ts';
import { readArguments } from '../../src/cli/arguments.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { networkFaults } from '../../src/node/network-faults.ts';
import { containersOf, files, kustomizations, type Manifest, manifestsOf } from './manifests.ts';

const manifests = files.flatMap((file) => manifestsOf(file).map((manifest) => ({ file, manifest })));
const ofKind = (kind: string) => manifests.filter(({ manifest }) => manifest.kind === kind);
const containers = manifests.flatMap(({ file, manifest }) => containersOf(manifest).map((one) => ({ file, ...one })));

/** The network in a manifest. */
function networkOf({ data, spec, metadata }: Manifest): string {
  return fillInNodeAddress(data?.['dan.conflist'] ?? spec?.config ?? '', metadata.name, '10.88.0.2');
}

describe('the manifests', () => {
  it.each(files)('%s is YAML, and each object has a kind and a name', (file) => {
    for (const { kind, metadata } of manifestsOf(file)) expect([kind, metadata.name]).not.toContain(undefined);
  });

  it('of the DaemonSets have this version of dan as their image, and no other', () => {
    expect(ofKind('DaemonSet')).toHaveLength(3);
    const images = ofKind('DaemonSet').flatMap(({ manifest }) => containersOf(manifest).map(({ image }) => image));
    expect(images).toEqual(Array(5).fill(`registry.example/dan:${version}`));
  });

  it('of the examples have images of Kubernetes itself, by digest', () => {
    const examples = containers.filter(({ file }) => file.startsWith('examples/'));
    expect(examples.length).toBeGreaterThan(0);
    for (const { image } of examples) expect(image).toMatch(/^registry\.k8s\.io\/.+:.+@sha256:[0-9a-f]{64}$/);
  });

  it.each([
    ['base/daemonset.yaml', 'install'],
    ['uninstall/daemonset.yaml', 'uninstall'],
  ])('%s does "dan %s" before its pod is ready, and then stays', (file, name) => {
    const spec = manifestsOf(file)[0]?.spec?.template?.spec ?? {};
    const [first, ...others] = spec.initContainers ?? [];
    const [stays, ...more] = spec.containers ?? [];
    expect([...others, ...more]).toEqual([]);
    // The image has an entry point, which a command would replace.
    expect([first?.command, stays?.command]).toEqual([undefined, undefined]);
    const asked = readArguments(first?.args ?? [], commands);
    expect(asked).toMatchObject({ do: 'run', command: { name }, words: { arguments: [] } });
    expect(asked.do === 'run' && asked.words.switches).toEqual(new Set());
    expect(readArguments(stays?.args ?? [], commands)).toMatchObject({ do: 'run', command: { name: 'wait' } });
  });

  it('give dan the node’s address as Kubernetes knows it', () => {
    const [install] = manifestsOf('base/daemonset.yaml').flatMap(containersOf);
    expect(install?.args?.join(' ')).toContain('--node-address $(NODE_ADDRESS)');
    expect(install?.env).toEqual([{ name: 'NODE_ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }]);
  });

  it('bring the reason of a refused dan to the pod’s status', () => {
    for (const { manifest } of ofKind('DaemonSet')) {
      const policies = containersOf(manifest).map(({ terminationMessagePolicy }) => terminationMessagePolicy);
      expect(new Set(policies)).toEqual(new Set(['FallbackToLogsOnError']));
    }
  });

  it('run dan on the nodes that have Kata', () => {
    for (const { manifest } of ofKind('DaemonSet')) {
      expect(manifest.spec?.template?.spec.nodeSelector).toEqual({ 'katacontainers.io/kata-runtime': 'true' });
    }
  });
});

test('the image is the executable and nothing else', () => {
  const text = readFileSync(new URL('../../deploy/Dockerfile', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines).toEqual(['FROM scratch', 'COPY dan /dan', 'ENTRYPOINT ["/dan"]']);
  expect(text).toContain(`-t registry.example/dan:${version} dist\n`);
});

describe('the networks', () => {
  const networks = [...ofKind('ConfigMap'), ...ofKind('NetworkAttachmentDefinition')];

  it.each(networks)('that of $file is one that dan takes', ({ manifest }) => {
    expect(danConfOfList(networkOf(manifest))).toMatchObject({ ok: true });
  });

  it('of the ConfigMaps are the ready ones', () => {
    const texts = ofKind('ConfigMap').map(({ manifest }) => networkOf(manifest));
    const ready = ['host-tap', 'host-tap-service-network', 'tcfilter-behind-bridge'].map((name) =>
      readyConfigurations.get(name),
    );
    expect(texts.sort()).toEqual(ready.sort());
  });

  it('give no pod’s default network addresses that somebody reclaims while the pod runs', () => {
    for (const { manifest } of ofKind('ConfigMap')) {
      const { plugins } = JSON.parse(networkOf(manifest)) as { plugins: readonly JsonObject[] };
      expect(plugins.flatMap((_, at) => networkFaults(plugins, at))).toEqual([]);
    }
  });

  it('of Multus are one for each kind of device, each with a name of its own', () => {
    const lists = ofKind('NetworkAttachmentDefinition').map(({ manifest }) => {
      const list = JSON.parse(networkOf(manifest)) as { name: string; plugins: { type: string; device?: string }[] };
      expect(list.name).toBe(manifest.metadata.name);
      expect(manifest.metadata.namespace).toBe('kube-system');
      return list;
    });
    const devices = lists.flatMap(({ plugins }) =>
      plugins.filter(({ type }) => type === 'dan').map(({ device }) => device),
    );
    expect(new Set(devices)).toEqual(new Set(['host-tap', 'macvtap', 'tcfilter', 'vfio', 'vhost-user']));
    expect(new Set(lists.map(({ name }) => name)).size).toBe(lists.length);
  });

  it('that a pod’s annotations name are there', () => {
    const names = ofKind('NetworkAttachmentDefinition').map(({ manifest }) => `kube-system/${manifest.metadata.name}`);
    const [pod] = manifestsOf('examples/pod-multus.yaml');
    const annotations = Object.values((pod?.metadata as { annotations?: Record<string, string> }).annotations ?? {});
    expect(annotations).toHaveLength(2);
    for (const annotation of annotations) expect(names).toContain(annotation.replace(/@.*/, ''));
  });
});

describe('what is applied with kubectl apply -k', () => {
  interface Kustomization {
    readonly resources?: readonly string[];
    readonly components?: readonly string[];
    readonly images?: readonly { readonly newName: string; readonly newTag: string }[];
  }
  const of = (file: string): Kustomization => manifestsOf(file)[0] as unknown as Kustomization;

  it('takes its image from one file, and it is this version’s', () => {
    const named = kustomizations.filter((file) => of(file).images !== undefined);
    expect(named).toEqual(['image/kustomization.yaml']);
    expect(of('image/kustomization.yaml').images).toMatchObject([{ newName: 'registry.example/dan', newTag: version }]);
    const daemonSets = ofKind('DaemonSet').map(({ file }) => file.replace('daemonset.yaml', 'kustomization.yaml'));
    for (const file of daemonSets) expect(of(file).components).toEqual(['../image']);
  });

  it('is there for each network, and without a choice it is the one that needs nothing else', () => {
    for (const { file } of ofKind('ConfigMap')) {
      const { resources } = of(file.replace('network.yaml', 'kustomization.yaml'));
      expect(resources).toEqual(['../../base', 'network.yaml']);
    }
    expect(of('kustomization.yaml').resources).toEqual(['networks/tcfilter']);
  });
});
