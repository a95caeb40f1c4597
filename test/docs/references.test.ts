import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../../src/cli/about.ts';
import { errorRows } from '../../src/cli/explain/texts.ts';
import { ownKeys } from '../../src/config/keys.ts';
import { profileNames } from '../../src/dan/profile.ts';
import { kindNames } from '../../src/kinds/kinds.ts';
import { danErrors } from '../../src/model/error.ts';
import { protocolErrors } from '../../src/protocol/error.ts';
import { errorsPage, troubleshootingPage } from './explained-pages.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('every error has its explanation', () => {
  const explained = Object.fromEntries(errorRows.map(({ name, code }) => [name, code]));
  expect(explained).toEqual({ ...protocolErrors, ...danErrors });
  expect(errorRows).toHaveLength(Object.keys(explained).length);
  expect(Object.keys(JSON.parse(read('src/cli/explain/errors.json')) as object)).toHaveLength(errorRows.length);
});

test('docs/errors.md is what dan explain says of every error', async () => {
  await expect(errorsPage()).toMatchFileSnapshot('../../docs/errors.md');
});

test('docs/troubleshooting.md is what dan explain says of every message', async () => {
  await expect(troubleshootingPage()).toMatchFileSnapshot('../../docs/troubleshooting.md');
});

test('no two errors of dan share a code of its own', () => {
  const own = Object.values(danErrors).filter((code) => code >= 100);
  expect(new Set(own).size).toBe(own.length);
});

test('docs/configuration.md has a row for each key', () => {
  const rows = [...read('docs/configuration.md').matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key),
  );
  expect(rows.sort()).toEqual(Object.keys(ownKeys).sort());
});

test('the documentation names every reader profile', () => {
  for (const name of profileNames) expect(read('docs/configuration.md')).toContain(`\`${name}\``);
});

test('docs/devices.md says what Kubernetes does for a pod with each device', () => {
  const [, section = ''] = read('docs/devices.md').split('## What Kubernetes does for a pod');
  const [heading = ''] = /^\|.*\|$/m.exec(section) ?? [];
  for (const name of kindNames) expect(heading).toContain(`\`${name}\``);
  for (const row of ['services', '`hostPort`', 'NetworkPolicy', '`kubectl port-forward`'])
    expect(section).toMatch(new RegExp(`^\\| ${row} `, 'm'));
});

test('deploy/README.md names the overhead of the RuntimeClass', () => {
  const [, cpu = '', memory = ''] = /cpu: (\S+)\n *memory: (\S+)/.exec(read('deploy/runtimeclass.yaml')) ?? [];
  expect(read('deploy/README.md')).toContain(`adds ${cpu} of CPU and ${memory} of memory`);
});

const manifest = JSON.parse(read('package.json')) as { version: string; engines: { node: string } };

test('the version is that of the package', () => {
  expect(version).toBe(manifest.version);
});

test('README.md names the version of Node that package.json asks for', () => {
  const [, least = ''] = /for Node ([\d.]+) or later/.exec(read('README.md')) ?? [];
  expect(manifest.engines.node).toBe(`>=${least}`);
});

// The module of a client, the module in its go.mod with the version, and the row of the page.
const pinned = [
  ['cnitool-0.8', 'github.com/containernetworking/cni', 'cnitool with libcni'],
  ['cnitool-1.1', 'github.com/containernetworking/cni', 'cnitool with libcni'],
  ['cnitool-1.3', 'github.com/containernetworking/cni', 'cnitool with libcni'],
  ['go-cni', 'github.com/containerd/go-cni', 'go-cni'],
  ['multus', 'gopkg.in/k8snetworkplumbingwg/multus-cni.v4', 'Multus, without daemon'],
  ['plugins', 'github.com/containernetworking/plugins', 'reference plugins'],
] as const;

test.each(pinned)('docs/clients.md has the version of integration/clients/go/%s', (folder, module, client) => {
  const goMod = read(`integration/clients/go/${folder}/go.mod`);
  const [, version = 'none'] = new RegExp(`^(?:require |\\t)${module} v(\\S+)`, 'm').exec(goMod) ?? [];
  expect(read('docs/clients.md')).toMatch(new RegExp(`^\\| ${client} +\\| ${version} +\\|`, 'm'));
});
