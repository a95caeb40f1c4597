import { expect } from 'vitest';
import { filesOn, type Kept, putBack } from './kept.ts';
import type { Place } from './place.ts';

/** Expects this version to check, list and delete an attachment of another version, and its GC to remove one. */
export async function expectServed(kept: Kept, place: Place): Promise<void> {
  await place.sh(kept.setUp === '' ? ':' : kept.setUp);
  const clean = await lookAt(place);

  await putBack(kept, place);
  const checked = await place.call('CHECK', { ...kept.config, prevResult: kept.result });
  expect(checked, JSON.stringify(checked.json)).toMatchObject({ exitCode: 0, json: {} });
  await expectListed(place);
  const deleted = await place.call('DEL', kept.config);
  expect(deleted, JSON.stringify(deleted.json)).toMatchObject({ exitCode: 0, json: {} });
  expect(await lookAt(place)).toEqual(clean);

  await putBack(kept, place);
  const collected = await place.call('GC', { ...kept.config, 'cni.dev/valid-attachments': [] });
  expect(collected, JSON.stringify(collected.json)).toMatchObject({ exitCode: 0, json: {} });
  expect(await lookAt(place)).toEqual(clean);
}

/** The same for an attachment of `dan kata-network`, which no CNI client checks. */
export async function expectServedByKataNetwork(kept: Kept, place: Place): Promise<void> {
  await place.sh(kept.setUp);
  const clean = await lookAt(place);
  await putBack(kept, place);
  await expectListed(place);
  expect(await place.dan(['kata-network', 'list-ifaces', 'sandbox-1'])).toContain(String(kept.config['hwAddr']));
  await place.dan(['kata-network', 'del-iface', 'sandbox-1', '-'], JSON.stringify({ name: kept.config['name'] }));
  expect(await lookAt(place)).toEqual(clean);
}

async function expectListed(place: Place): Promise<void> {
  const { attachments } = JSON.parse(await place.dan(['list', '--json'])) as { attachments: readonly object[] };
  expect(attachments).toMatchObject([{ sandbox: 'sandbox-1', state: 'attached', parts: [], left: [] }]);
}

/** Everything that an attachment may leave or take: files, links, addresses, routes, neighbors, rows of a switch. */
async function lookAt(place: Place): Promise<unknown> {
  const look = (command: string): string => `${command}; ip netns exec $(basename ${place.netns}) ${command}`;
  const kernel = await place.sh(
    ['ip -brief link', 'ip -brief addr', 'ip route', 'ip -6 route', 'ip neigh show nud permanent', 'tc qdisc']
      .map(look)
      .join('\n'),
  );
  const ports = await place.sh('ls /run/openvswitch/db.sock >/dev/null 2>&1 && ovs-vsctl list-ports br0 || true');
  const nodes = await place.sh('find /run/dan/macvtap /run/dan/vhost-user ! -type d 2>/dev/null || true');
  return { files: await filesOn(place), kernel, ports, nodes };
}
