import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin, programs } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { networkConfig } from '../host-tap/network.ts';
import { another } from './places.ts';

const sandbox = 'sandbox-1';
const danConf = '/run/srv/own/dans';
const config = networkConfig({ danConf, addresses: ['10.88.0.5/24'], routes: [], bridge: null });

test('a DEL whose danConf somebody else has led away removes nothing there, names the directory, and ends well', async () => {
  await using host = await Host.create();
  // What the file's owner would be led to, by a link that the parent's owner made.
  const foreign = `/run/victim/dans/${sandbox}.json`;
  const document = { netns: null, devices: [{ name: 'eth0', cni: { network: 'net', ifname: 'eth0' } }] };
  await host.sh(`
    mkdir -p /run/victim/dans /run/srv/own; chmod 700 /run/victim; echo '${JSON.stringify(document)}' >${foreign}
    ln -s /run/victim/dans ${danConf}; chown -h ${another} ${danConf} /run/srv/own`);
  for (const program of Object.values(programs)) {
    const { exitCode, stdout, stderr } = await callPlugin(host, { command: 'DEL', config, sandbox, program });
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`/run/srv/own belongs to user ${another}`);
    expect(JSON.parse(await host.sh(`cat ${foreign}`))).toEqual(document);
  }
  expect(await traces(host)).toEqual([]);
});
