import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { callPlugin, programs } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from './network.ts';

/** An IPAM plugin that waits until the tap is on the bridge, records what it sees then, and answers. */
const plugin = (answer: string): string => `#!/bin/sh
cat >/dev/null
[ "$CNI_COMMAND" = ADD ] || exit 0
ls /run/dan/attachments >/run/records
for attempt in $(seq 500); do
  ip -o link show master br0 up | grep -q dan && break
  sleep 0.01
done
ip -o link show master br0 up >/run/ports
${answer}
`;

test.each([
  ...Object.entries(programs).map(([name, program]) => [name, 'gives an address', program, 0] as const),
  ['rtnetlink', 'refuses', programs.rtnetlink, 1] as const,
])('ADD by %s makes the tap while the IPAM plugin runs, which %s', async (_name, _what, program, exitCode) => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  await host.sh('mkdir /run/plugins');
  const answer =
    exitCode === 0
      ? `echo '{"cniVersion":"1.1.0","ips":[{"address":"10.88.0.9/24"}]}'`
      : `echo '{"cniVersion":"1.1.0","code":11,"msg":"no address"}'; exit 1`;
  await writeInside(host, '/run/plugins/ipam', plugin(answer));
  await host.sh('chmod 755 /run/plugins/ipam');
  const before = await traces(host);
  const config = networkConfig({ addresses: undefined, ipam: { type: 'ipam' } });
  const call = { config, netns, program, variables: { CNI_PATH: '/run/plugins' } };

  const added = await callPlugin(host, { ...call, command: 'ADD' });
  expect(added, added.stdout).toMatchObject({ exitCode });
  // The record exists before anything is made.
  expect(await host.sh('cat /run/records')).toMatch(/^dan[0-9a-f]{11}\.json$/);
  expect(await host.sh('cat /run/ports')).toMatch(/: dan[0-9a-f]{11}: /);
  if (exitCode === 0) expect(await callPlugin(host, { ...call, command: 'DEL' })).toMatchObject({ exitCode: 0 });
  expect(await traces(host)).toEqual(before);
});
