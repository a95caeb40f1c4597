import { afterAll, beforeAll, expect, it } from 'vitest';
import { deriveNames } from '../../src/model/identity.ts';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';

/** Escape sequences, a bell, C1, a right-to-left override, a directional mark, a line separator, a tag. */
const hostile = '\u001b[2J\u001b]0;x\u0007\u009b31m\u202e\u061c\u2028\u{e0041}\u007f';
const obeyed = /[\0-\x08\x0b-\x1f\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/u;

const lines: readonly (readonly string[])[] = [
  [hostile],
  ['list'],
  ['show', 'sb2'],
  ['doctor'],
  ['list', hostile],
  ['list', `--${hostile}`],
  ['show', hostile],
  ['show', '--json', hostile],
  ['explain', hostile],
  ['schema', hostile],
  ['completion', hostile],
  ['completion', 'bash', '--', 'show', hostile],
  ['validate', `/none${hostile}`],
  ['validate', 'conf'],
  ['validate', '--json', 'conf'],
  ['validate', 'dan-file'],
  ['plan', 'conf'],
  ['plan', '--netns', `/none${hostile}`, 'sound'],
  ['plan', '--netns', '/run/netns/pod', 'sound'],
  ['plan', '--netns', '/run/netns/pod', 'guest'],
  ['doctor', '--kata-config', `/none${hostile}`],
  ['install', '--config', `./none${hostile}`],
  ['kata-network', hostile],
  ['kata-network', 'list-ifaces', hostile],
  ['kata-network', 'list-ifaces', 'sb1'],
  ['kata-network', 'add-iface', 'sb1', 'conf'],
  ['kata-ipvs', hostile, 'sb1'],
  ['kata-ipvs', 'ipvsadm', '--parameters', `-L ${hostile}`, 'sb1'],
  ['kata-ipvs', 'ipvsadm', '--parameters', '-L', '--netns', `/${hostile}`, 'sb1'],
  ['kata-ipvs', 'ipvsadm', '--parameters', '-L', '--exec', hostile, 'sb1'],
];

/** An attachment without a record. */
const attachment = deriveNames({ network: `n${hostile}`, sandbox: 'sb2', ifname: 'eth0' });

let host: Host;
beforeAll(async () => {
  host = await Host.create();
  await host.podNetns('pod');
  const network = { cniVersion: '1.0.0', name: 'n', type: 'dan', addresses: ['10.0.0.5/24'] };
  const files = {
    conf: { ...network, name: `n${hostile}`, [`k${hostile}`]: 1, mac: hostile },
    sound: { ...network, device: 'tcfilter', master: 'none' },
    guest: { ...network, bridge: null },
    'dan-file': { netns: hostile, devices: [{ name: hostile, [hostile]: 1, device: { type: hostile } }] },
  };
  for (const [name, content] of Object.entries(files)) {
    await host.run('tee', [`${host.directory}/${name}`], { input: JSON.stringify(content) });
  }
  await host.sh(`
    mkdir -p /run/kata-containers/dans; cp ${host.directory}/dan-file /run/kata-containers/dans/sb1.json
    ip tuntap add dev ${attachment.link} mode tap
    ip -n pod link add odd type bridge; ip -n pod addr add 10.1.0.1/24 dev odd`);
  await host.run('ip', ['link', 'set', attachment.link, 'alias', attachment.alias]);
  await host.run('ip', ['-n', 'pod', 'link', 'set', 'odd', 'name', 'x\u001b[31m\u0007']);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

it.each(lines.map((line) => [JSON.stringify(line), line] as const))(
  'dan %s prints nothing that a terminal would obey',
  async (_, line) => {
    const { stdout, stderr } = await host.run(executable, line, { cwd: host.directory, input: '{}' });
    expect(stdout + stderr).not.toMatch(obeyed);
    if (line.includes('--json') && stdout !== '') expect(() => JSON.parse(stdout) as unknown).not.toThrow();
  },
);

it('what it escapes in JSON is the same JSON', async () => {
  const { stdout } = await host.run(executable, ['list', '--json']);
  expect(stdout).not.toMatch(obeyed);
  expect(JSON.stringify(JSON.parse(stdout))).toContain(JSON.stringify(hostile).slice(1, -1));
});
