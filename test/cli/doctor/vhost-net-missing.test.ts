import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runLine } from '../../../src/cli/run.ts';
import { conflist, hostTap, MadeUpNode } from './made-up-node.ts';

// The node of a user whose pods failed with "Could not setup vhost fds eth0: open /dev/vhost-net: no such file or
// directory": QEMU under the Go runtime, 3.1, with the settings that the user published.
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/vhost-net-missing/${name}`, import.meta.url));

let node: MadeUpNode;

beforeEach(() => {
  node = new MadeUpNode().write({
    '/dev/null': '',
    '/etc/containerd/config.toml': readFileSync(fixture('config.toml'), 'utf8'),
    '/usr/share/defaults/kata-containers/configuration.toml': readFileSync(fixture('configuration.toml'), 'utf8'),
    '/etc/kata-containers/configuration.toml': { link: '/usr/share/defaults/kata-containers/configuration.toml' },
    '/usr/local/bin/containerd-shim-kata-v2': { executable: '#!/bin/sh\n' },
    '/opt/cni/bin/dan': { executable: '#!/bin/sh\n' },
    '/opt/cni/bin/loopback': { executable: '#!/bin/sh\n' },
    '/etc/cni/net.d/10-dan.conflist': conflist([hostTap]),
  });
});
afterEach(() => {
  node[Symbol.dispose]();
});

test('the missing device is named, with what loads its driver', async () => {
  const [finding] = await node.find('kata-vhost-net');
  expect(finding).toMatchObject({
    severity: 'error',
    seen: '/etc/kata-containers/configuration.toml (handler "kata") makes QEMU open /dev/vhost-net, and it is missing',
    cure: expect.stringContaining('modprobe vhost_net'),
  });
});

test('what a DAN needs beyond that is named, and nothing else', async () => {
  const findings = await node.find();
  expect(findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
    'error kata-dan-conf',
    'error kata-vhost-net',
    'error cni-handler-not-kata',
  ]);
  expect(findings[0]?.files).toEqual([
    {
      path: '/usr/share/defaults/kata-containers/config.d/50-dan.toml',
      content: '[runtime]\ndan_conf = "/run/kata-containers/dans"\n',
    },
  ]);
  expect(findings[2]?.seen).toBe(
    'pods of the handler "runc", which pods without a RuntimeClass have, get /etc/cni/net.d/10-dan.conflist, which calls dan',
  );
});

test('where ConfigPath leads nowhere, that is said', async () => {
  using bare = new MadeUpNode().write({ '/etc/containerd/config.toml': readFileSync(fixture('config.toml'), 'utf8') });
  const [finding] = await bare.find('kata-config');
  expect(finding?.seen).toBe(
    'there is no configuration of Kata for the handler "kata" at /etc/kata-containers/configuration.toml',
  );
});

async function printedBy(...words: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const printed: string[] = [];
  const print = (text: string): void => {
    printed.push(text);
  };
  const terminal = {
    print,
    warn: print,
    readInput: () => new Uint8Array(),
    executable: undefined,
    colours: false,
    directory: '/',
  };
  const code = await runLine(['doctor', '--root', node.root, ...words], terminal);
  return { code, text: printed.join('') };
}

test('the command line says it, and ends with 1; a configuration can be named', async () => {
  const { code, text } = await printedBy();
  expect(code).toBe(1);
  expect(text.replace(/\s+/g, ' ')).toContain('makes QEMU open /dev/vhost-net, and it is missing [kata-vhost-net]');
  node.write({ '/home/user/other.toml': '[hypervisor.clh]\n[runtime]\ndan_conf = "dans"\n' });
  const named = await printedBy('--kata-config', '/home/user/other.toml');
  expect(named.code).toBe(1);
  expect(named.text.replace(/\s+/g, ' ')).toContain(
    '/home/user/other.toml (handler "kata") has dan_conf = "dans", which is relative',
  );
});

test('--problems prints the errors and warnings with their cures, and no check that is fine, unasked or a note', async () => {
  const findingsOf = async (...words: string[]): Promise<readonly { id: string; severity: string }[]> =>
    (JSON.parse((await printedBy('--json', ...words)).text) as { findings: { id: string; severity: string }[] })
      .findings;
  const all = await printedBy();
  const { code, text } = await printedBy('--problems');
  expect(code).toBe(1);
  const problems = (await findingsOf()).filter(({ severity }) => severity !== 'note');
  expect(problems.map(({ id }) => id)).toContain('kata-vhost-net');
  expect(await findingsOf('--problems')).toEqual(problems);
  expect(text.match(/^ {2}(error|warning) {2}/gm)).toHaveLength(problems.length);
  expect(text.match(/^ +fix: /gm)).toHaveLength(problems.length);
  for (const { id } of problems) expect(text.replace(/\s+/g, ' ')).toContain(`[${id}]`);
  expect(all.text).toMatch(/^ {2}ok {2}/m);
  expect(all.text).toMatch(/^ {2}- {2}/m);
  expect(text).not.toMatch(/^ {2}(ok|note|-) {2}/m);
  expect(text.split('\n').at(-2)).toBe(all.text.split('\n').at(-2));
});
