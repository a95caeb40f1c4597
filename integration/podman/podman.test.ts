import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { traces } from '../harness/traces.ts';
import { Podman } from './podman.ts';

// Tests the harness itself, with Debian's own plugins: a failure here is no fault of dan.
const network = {
  cniVersion: '1.0.0',
  name: 'plain',
  plugins: [
    {
      type: 'bridge',
      bridge: 'br0',
      isGateway: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: '10.1.0.0/24' }], [{ subnet: 'fd00:1::/64' }]] },
    },
  ],
};

test('a container gets the address and MAC it asks for, and leaves nothing', async () => {
  await using host = await Host.create();
  const podman = await Podman.start(host, { networks: { '10-plain.conflist': network } });
  await podman.run({ name: 'pod', network: 'plain', ip: '10.1.0.77', mac: '02:00:00:00:00:77' });
  expect(await podman.networks('pod')).toMatchObject({
    plain: { IPAddress: '10.1.0.77', IPPrefixLen: 24, GlobalIPv6Address: 'fd00:1::2', MacAddress: '02:00:00:00:00:77' },
  });
  expect(await traces(host)).toEqual(expect.arrayContaining(['process conmon', expect.stringMatching(/^link veth/)]));
  await podman.rm('pod');
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
});

test('podman says why a container does not run', async () => {
  await using host = await Host.create();
  const podman = await Podman.start(host, { networks: { '10-plain.conflist': network } });
  await expect(podman.run({ name: 'pod', network: 'other' })).rejects.toThrow(/podman run: exit code 125: .*other/);
  expect(await traces(host)).toEqual([]);
});
