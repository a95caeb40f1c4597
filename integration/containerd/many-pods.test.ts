import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { bridgeIdentity, makeBridge } from '../host-tap/network.ts';
import { Containerd } from './containerd.ts';
import { addresses, kataNetwork, readDanFile } from './kata-network.ts';

// Without guests: they would measure the emulator, and containerd calls the plugin in the same way.
test('20 pods start at once and stop at once: no address is given twice, and nothing stays', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const before = await bridgeIdentity(host);
  const networks = { '10-kata-net.conflist': kataNetwork() };
  using containerd = await Containerd.start(host, { networks, plugins: [executable] });
  const { cri } = containerd;

  const names = Array.from({ length: 20 }, (_, index) => `pod-${index}`);
  const ids = await Promise.all(names.map((name) => cri.runPodSandbox({ name, handler: 'runc' })));
  const given = await Promise.all(
    ids.map(async (id) => {
      const file = await readDanFile(host, id);
      const { ip, additionalIps } = await cri.podSandboxStatus(id);
      expect([ip, ...additionalIps]).toEqual(addresses(file));
      return [ip, ...additionalIps, ...file.devices.flatMap(({ guest_mac, device }) => [guest_mac, device.tap_name])];
    }),
  );
  expect(new Set(given.flat()).size).toBe(20 * 4);
  expect(await bridgeIdentity(host)).toBe(before);

  await Promise.all(ids.map((id) => cri.stopPodSandbox(id)));
  expect(await traces(host)).not.toContainEqual(expect.stringMatching(/^link|dans|attachments|networks/));
  await Promise.all(ids.map((id) => cri.stopPodSandbox(id)));
  await Promise.all(ids.map((id) => cri.removePodSandbox(id)));
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
  expect(await bridgeIdentity(host)).toBe(before);
});
