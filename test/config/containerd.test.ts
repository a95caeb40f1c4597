import { describe, expect, test } from 'vitest';
import {
  type ContainerdFile,
  type ContainerdSettings,
  goPattern,
  letsAnnotationPass,
  parseContainerdFile,
  readHandler,
  readSettings,
  shimName,
} from '../../src/config/containerd.ts';

const file = (text: string): ContainerdFile => {
  const parsed = parseContainerdFile(text);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
};
const settings = (mergesSections: boolean, ...texts: readonly string[]): ContainerdSettings =>
  readSettings(texts.map(file), mergesSections);

describe('versions of the format', () => {
  test.each([
    ['', 'plugins.cri', 1],
    ['version = 2', 'plugins."io.containerd.grpc.v1.cri"', 2],
    ['version = 3', "plugins.'io.containerd.cri.v1.runtime'", 3],
  ])('%j has its section in %s', (version, section, format) => {
    const text = `${version}\n[${section}.cni]\nconf_dir = "/a"\n[${section}.containerd.runtimes.k]\nruntime_type = "io.containerd.kata.v2"\n`;
    expect(file(text).version).toBe(format);
    expect(settings(true, text)).toMatchObject({
      confDir: '/a',
      binDirs: ['/opt/cni/bin'],
      maxConfNum: 1,
      handlers: [{ name: 'runc' }, { name: 'k', isKata: true, confDir: '/a', ownConfDir: false }],
    });
  });

  test('what is no TOML is refused with its place', () => {
    expect(parseContainerdFile('a = 1\nb')).toMatchObject({
      ok: false,
      why: expect.stringMatching(/^is not TOML: .+$/),
    });
  });

  test.each(['cri', 'io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.runtime'])('%s can be switched off', (name) => {
    expect(file(`disabled_plugins = ["${name}"]`).criDisabled).toBe(true);
    expect(file('disabled_plugins = ["btrfs"]').criDisabled).toBe(false);
  });
});

describe('several files', () => {
  const main = 'version = 2\n[plugins."io.containerd.grpc.v1.cri".cni]\nconf_dir = "/a"\n';
  const kata =
    '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]\nruntime_type = "io.containerd.kata.v2"\n';

  test('are merged from 2.0 on', () => {
    expect(settings(true, main, `version = 2\n${kata}`)).toMatchObject({ confDir: '/a' });
  });

  test('replace each other’s section before', () => {
    const joined = settings(false, main, `version = 2\n${kata}`);
    expect(joined.confDir).toBe('/etc/cni/net.d');
    expect(joined.handlers.map(({ name }) => name)).toEqual(['kata']);
  });

  test('a file of an older format is merged into the same section', () => {
    expect(settings(true, 'version = 3\n', main).confDir).toBe('/a');
  });
});

describe('handlers', () => {
  const shared = { confDir: '/etc/cni/net.d', maxConfNum: 1 };

  test.each([
    [{ runtime_type: 'io.containerd.kata.v2' }, true],
    [{ runtime_type: 'io.containerd.kata-qemu.v2' }, true],
    [{ runtime_type: '/opt/kata/bin/containerd-shim-kata-v2' }, true],
    [{ runtime_type: 'io.containerd.mine.v2', runtime_path: '/opt/containerd-shim-kata-clh-v2' }, true],
    [{ runtime_type: 'io.containerd.runc.v2' }, false],
    [{ runtime_type: 'io.containerd.katana.v2' }, false],
    [{}, false],
  ])('%j is one of Kata’s: %s', (table, isKata) => {
    expect(readHandler('h', table, shared).isKata).toBe(isKata);
  });

  test('a number of configurations counts only with a directory of its own', () => {
    expect(readHandler('h', { cni_max_conf_num: 4 }, shared).maxConfNum).toBe(1);
    expect(readHandler('h', { cni_max_conf_num: 4, cni_conf_dir: '/a' }, shared)).toMatchObject({
      maxConfNum: 4,
      ownConfDir: true,
    });
    expect(readHandler('h', { cni_max_conf_num: 0, cni_conf_dir: '/a' }, { ...shared, maxConfNum: 3 }).maxConfNum).toBe(
      3,
    );
  });

  test.each([
    ['io.containerd.kata.v2', 'containerd-shim-kata-v2'],
    ['io.containerd.kata-qemu.v2', 'containerd-shim-kata-qemu-v2'],
    ['/opt/shim', undefined],
    ['', undefined],
  ])('%j is started as %s', (type, name) => {
    expect(shimName(readHandler('h', { runtime_type: type }, shared))).toBe(name);
  });

  test('tables that 1.x has beside the others count where they name a type', () => {
    const section = (type: string): string =>
      `[plugins.cri.containerd.untrusted_workload_runtime]\nruntime_type = "${type}"\n`;
    expect(settings(false, section('io.containerd.kata.v2')).handlers.map(({ name }) => name)).toEqual([
      'runc',
      'untrusted',
    ]);
    expect(settings(false, section('')).handlers.map(({ name }) => name)).toEqual(['runc']);
  });
});

describe('annotations', () => {
  test.each([
    ['io.katacontainers.*', 'io.katacontainers.config_path', true],
    ['io.katacontainers.*', 'io.katacontainers.config.runtime.disable_new_netns', true],
    ['io.katacontainers.*', 'io.katacontainers/x', false],
    ['io.katacontainers', 'io.katacontainers.x', false],
    ['*', 'a/b', false],
    ['io?k[ab-c]x', 'io.kcx', true],
    ['io.k[^a]', 'io.kb', true],
    ['io.k[^a]', 'io.ka', false],
    ['[', '[', false],
    ['a.b', 'aXb', false],
  ])('%s lets %s pass: %s', (pattern, annotation, passes) => {
    expect(goPattern(pattern).test(annotation)).toBe(passes);
    const handler = readHandler('h', { pod_annotations: [pattern] }, { confDir: '/', maxConfNum: 1 });
    expect(letsAnnotationPass(handler, annotation)).toBe(passes);
  });
});
