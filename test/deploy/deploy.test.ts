import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { version } from '../../src/cli/about.ts';
import { commands } from '../../src/cli/commands.ts';
import { readNetworkList } from '../../src/cli/install/network-list.ts';
import { readyConfigurations } from '../../src/cli/install/ready-configurations.ts';
import { readWords } from '../../src/cli/words.ts';
import { containersOf, files, type Manifest, manifestsOf } from './manifests.ts';

const manifests = files.flatMap((file) => manifestsOf(file).map((manifest) => ({ file, manifest })));
const ofKind = (kind: string) => manifests.filter(({ manifest }) => manifest.kind === kind);
const containers = manifests.flatMap(({ file, manifest }) => containersOf(manifest).map((one) => ({ file, ...one })));
const dan = containers.filter(({ image }) => image.includes('/dan:'));

/** The network that a manifest brings. */
function networkOf({ data, spec }: Manifest): string {
  return (data?.['dan.conflist'] ?? spec?.config ?? '').replaceAll('NODE_ADDRESS', '10.88.0.2');
}

describe('the manifests', () => {
  it.each(files)('%s is YAML, and each object has a kind and a name', (file) => {
    for (const { kind, metadata } of manifestsOf(file)) expect([kind, metadata.name]).not.toContain(undefined);
  });

  it('have this version of dan as their image, and images of Kubernetes itself', () => {
    expect(dan.length).toBeGreaterThan(0);
    for (const { image } of containers) {
      expect(image).toMatch(new RegExp(`^(registry\\.example/dan:${version}|registry\\.k8s\\.io/.+:.+)$`));
    }
    expect(readFileSync(new URL('../../deploy/Dockerfile', import.meta.url), 'utf8')).toContain(`dan:${version} `);
  });

  it('call dan as it can be called', () => {
    const called = dan.filter(({ command }) => command === undefined).map(({ args = [] }) => readWords(args, commands));
    expect(called.map((asked) => asked.do === 'run' && asked.command.name)).toEqual(['install', 'uninstall']);
  });

  it('run dan on the nodes that have Kata', () => {
    for (const { manifest } of ofKind('DaemonSet')) {
      expect(manifest.spec?.template?.spec.nodeSelector).toEqual({ 'katacontainers.io/kata-runtime': 'true' });
    }
  });
});

describe('the networks', () => {
  const networks = [...ofKind('ConfigMap'), ...ofKind('NetworkAttachmentDefinition')];

  it.each(networks)('that of $file is one that dan takes', ({ manifest }) => {
    expect(readNetworkList(networkOf(manifest))).toMatchObject({ ok: true });
  });

  it('of the ConfigMaps are the ready ones', () => {
    const texts = ofKind('ConfigMap').map(({ manifest }) => networkOf(manifest));
    const ready = ['host-tap', 'host-tap-service-network', 'whereabouts-host-tap'].map((name) =>
      readyConfigurations.get(name),
    );
    expect(texts.sort()).toEqual(ready.sort());
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
    expect(new Set(devices)).toEqual(new Set(['host-tap', 'macvtap', 'tcfilter', 'vhost-user']));
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
