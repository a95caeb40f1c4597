import { describe, expect, it } from 'vitest';

import { read, readTap, refusal } from './reading.ts';

const neighbor = { address: '10.0.0.9', mac: '02:00:00:00:00:09' };

describe('a key that nobody knows', () => {
  it.each([
    ['mtux', 'mtu'],
    ['brigde', 'bridge'],
    ['queue', 'queues'],
    ['queue_size', 'queueSize'],
    ['dan_conf', 'danConf'],
    ['defaultroute', 'defaultRoute'],
    ['adresses', 'addresses'],
    ['neighbours', 'neighbors'],
    ['prevresult', 'prevResult'],
    ['socketpath', 'socketPath'],
    ['socket_path', 'socketPath'],
    ['socket_dir', 'socketDir'],
    ['osv', 'ovs'],
    ['MAC', 'mac'],
    ['hairpin', 'hairpinMode'],
    ['__proto_', undefined],
    ['promiscuousMode', undefined],
  ])('%s is refused with %s', (key, near) => {
    const hint = near === undefined ? '' : ` (did you mean "${near}"?)`;
    expect(refusal({ [key]: 1 })).toBe(`unknown key "${key}"${hint}`);
  });

  it('is refused with what a runtime passes, if it is that of a whole list', () => {
    expect(refusal({ plugins: [{ type: 'dan' }] })).toBe(
      'unknown key "plugins" (this is a whole list; a CNI runtime passes one plugin of it, with the "cniVersion" and ' +
        'the "name" of the list)',
    );
  });

  it('is refused even if its name is one of every object', () => {
    const document = JSON.parse('{"__proto__": {"mtu": 9000}, "constructor": 1}') as Record<string, unknown>;
    expect(() => read(document)).not.toThrow(TypeError);
    expect(refusal({ constructor: 1 })).toContain('unknown key "constructor"');
  });

  it('is refused in routes and neighbors, with its place', () => {
    expect(
      refusal({
        routes: [
          { dst: '::/0', gw: '::2' },
          { dst: '10.0.0.0/8', gw: '10.0.0.1', mtuu: 1 },
        ],
      }),
    ).toMatch(/^unknown key "mtuu" in "routes\[1\]"/);
    expect(refusal({ neighbors: [{ ...neighbor, lladdr: 'x' }] })).toMatch(/^unknown key "lladdr" in "neighbors\[0\]"/);
  });

  it.each([
    [{ routes: [{ dst: '::/0', gw: '::2', dest: 1 }] }, 'dest', 'routes[0]', 'dst'],
    [{ routes: [{ dst: '::/0', gw: '::2', scpe: 1 }] }, 'scpe', 'routes[0]', 'scope'],
    [{ routes: [{ dst: '::/0', gw: '::2', sorce: 1 }] }, 'sorce', 'routes[0]', 'source'],
    [{ neighbors: [{ ...neighbor, adress: 1 }] }, 'adress', 'neighbors[0]', 'address'],
    [{ neighbors: [{ ...neighbor, stat: 1 }] }, 'stat', 'neighbors[0]', 'state'],
    [{ ovs: { db: 'unix:/run/db.sock', dbs: 1 } }, 'dbs', 'ovs', 'db'],
  ])('in %j is refused with the nearest key of its own object', (changes, key, where, near) => {
    expect(refusal(changes)).toBe(`unknown key "${key}" in "${where}" (did you mean "${near}"?)`);
  });

  it.each(['routes', 'neighbors'])('something else than an object in %s is refused with a rule', (key) => {
    expect(refusal({ [key]: ['text'] })).toBe(`"${key}[0]" "text" must be an object`);
  });

  it.each([
    { cniVersion: '1.0.0', cniVersions: ['1.0.0'], name: 'x', type: 'dan' },
    { capabilities: { mac: true }, runtimeConfig: { portMappings: [] } },
    { prevResult: { cniVersion: '1.0.0', interfaces: [] } },
    { args: { labels: [], cni: { ips: [] } } },
    { disableCheck: true, disableGC: true },
    { 'cni.dev/valid-attachments': [{ containerID: 'x', ifname: 'eth0' }], 'cni.dev/attachments': [] },
    { ipam: { type: 'host-local', anything: { at: ['all'] } }, dns: { anything: 1 } },
    { runtimeConfig: null, args: null },
  ])('%j is let through: a spec, a runtime or libcni puts it there', (document) => {
    expect(readTap(document).bridge).toBe('br0');
  });
});
