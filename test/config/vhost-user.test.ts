import { describe, expect, it } from 'vitest';

import { readNetwork } from '../../src/config/network.ts';
import { socketPathOf } from '../../src/kinds/socket.ts';
import { planVhostUser, vhostUser, type VhostUserRequest } from '../../src/kinds/vhost-user.ts';
import { defaultOvsDatabase } from '../../src/model/ovs.ts';
import { nodeView, names } from '../kinds/node.ts';
import { refusalOf, words } from './reading.ts';

const least = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan', device: 'vhost-user' } as const;

function read(changes: object, args: Readonly<Record<string, string>> = {}) {
  return readNetwork({ ...least, ...changes }, { ...words, args: new Map(Object.entries(args)) });
}

function requestOf(changes: object = {}): VhostUserRequest {
  const { device } = read(changes);
  if (device.device !== 'vhost-user') throw new Error(`it is a ${device.device}`);
  return device;
}

const refusal = (changes: object): string => refusalOf(() => read(changes));

describe('what a configuration says of a vhost-user device', () => {
  it('is the switch of somebody else, a socket of a derived name, and these defaults', () => {
    expect(requestOf()).toStrictEqual({
      device: 'vhost-user',
      mac: undefined,
      mtu: undefined,
      queuePairs: 1,
      queueSize: undefined,
      bridge: null,
      database: defaultOvsDatabase,
      vlan: undefined,
      trunk: undefined,
      socketPath: undefined,
      isSocketOfPod: false,
      socketDir: '/run/dan/vhost-user',
      bandwidth: undefined,
      place: 'host',
    });
    expect(requestOf({ bridge: null })).toEqual(requestOf());
    expect(defaultOvsDatabase).toBe('unix:/run/openvswitch/db.sock');
  });

  it('is all that can be said', () => {
    const changes = {
      mac: '02:AB:00:00:00:01',
      mtu: 1400,
      queues: 4,
      queueSize: 512,
      bridge: 'br-dpdk',
      ovs: { db: 'tcp:127.0.0.1:6640' },
      vlan: 20,
      trunk: [{ id: 42 }],
      socketPath: '/run/vm/net0.sock',
      socketDir: '/run/vm',
    };
    expect(requestOf(changes)).toMatchObject({
      mac: '02:ab:00:00:00:01',
      mtu: 1400,
      queuePairs: 4,
      queueSize: 512,
      bridge: 'br-dpdk',
      database: 'tcp:127.0.0.1:6640',
      vlan: 20,
      trunk: [{ first: 42, last: 42 }],
      socketPath: '/run/vm/net0.sock',
      socketDir: '/run/vm',
    });
  });

  it.each([
    ['runtime-rs', 'host'],
    ['runtime-rs-3', 'host'],
    ['generic', 'pod'],
  ])('for %s is looked for in the %s', (runtime, place) => {
    expect(requestOf({ runtime }).place).toBe(place);
  });

  it('has addresses of its own', () => {
    const runtimeConfig = { mac: '02:00:00:00:00:04', ips: ['10.0.0.3/24'] };
    expect(read({ runtimeConfig })).toMatchObject({
      device: { mac: '02:00:00:00:00:04' },
      addresses: [{ text: '10.0.0.3' }],
    });
    expect(read({ ipam: { type: 'host-local' } }).ipamType).toBe('host-local');
  });

  it.each([{ vlan: 20 }, { trunk: [{ id: 20 }] }, { bridge: null, vlan: 20 }])(
    'has no port without a bridge: %j',
    (changes) => {
      expect(refusal(changes)).toBe(
        '"vlan" and "trunk" are settings of a port, and there is none: "bridge" is null or missing',
      );
    },
  );

  it.each([{}, { bridge: null }])('has no database without a bridge: %j', (changes) => {
    expect(refusal({ ...changes, ovs: { db: defaultOvsDatabase } })).toBe(
      '"ovs" is the Open vSwitch that has the "bridge", and there is none: name one, or leave "ovs" out',
    );
  });

  it('is either tagged or untagged', () => {
    expect(refusal({ bridge: 'br0', vlan: 20, trunk: [{ id: 20 }] })).toContain('"vlan" 20 is in "trunk" too');
  });

  it('needs no bridge, and its faults are not called that', () => {
    expect(refusal({ queues: 0 })).not.toContain('bridge');
  });
});

describe('the socket', () => {
  const [key, args, runtime] = ['/run/key', 'args', '/run/runtime'];
  const ofPod = '/run/dan/vhost-user/args';
  const asked = { cni: { vhostUserSocket: args } };
  const runtimeConfig = { vhostUserSocket: runtime };

  it.each([
    [{}, undefined],
    [{ socketPath: key }, key],
    [{ args: asked }, ofPod],
    [{ socketDir: '/run/vm/', args: asked }, '/run/vm/args'],
    [{ podMaySet: ['mac'], args: asked }, undefined],
    [{ socketPath: key, args: asked }, key],
    [{ runtimeConfig }, runtime],
    [{ socketPath: key, runtimeConfig }, runtime],
    [{ args: asked, runtimeConfig }, runtime],
    [{ socketPath: key, args: asked, runtimeConfig }, runtime],
    [{ socketPath: key, args: { cni: { vhostUserSocket: '' } }, runtimeConfig: { vhostUserSocket: null } }, key],
    [{ socketPath: key, args: { cni: null }, runtimeConfig: null }, key],
    // go-cni passes Go's field names.
    [{ socketPath: key, runtimeConfig: { VhostUserSocket: runtime } }, runtime],
  ])('of %j is %s', (changes, socketPath) => {
    const request = requestOf({ podMaySet: ['vhostUserSocket'], ...changes });
    expect(request).toMatchObject({ socketPath, isSocketOfPod: socketPath?.endsWith('/args') ?? false });
  });

  it.each([
    [{ runtimeConfig: { vhostUserSocket: 's' } }, '"runtimeConfig.vhostUserSocket" "s" must be an absolute path'],
  ])('in %j is refused, and it is said who asked', (changes, why) => {
    expect(refusal({ ...changes, socketPath: key })).toContain(why);
  });

  it.each([
    [7, '7 must be a file name: the socket is in /run/dan/vhost-user, the "socketDir" of the network'],
    ['/run/victim/svc.sock', '"/run/victim/svc.sock" must be a file name'],
    ['a/b', '"a/b" must be a file name'],
    ['..', '".." must'],
    ['.', '"." must'],
    ['-x', '"-x" must end in a file name of letters'],
    ['a b', '"a b" must end in a file name'],
    ['x\u001b[2J', 'must'],
    ['a'.repeat(90), 'must have at most 107 bytes'],
    ['dan0123456789a.sock', 'is a name of the kind that dan derives for an attachment: choose another'],
  ])('that a pod calls %j is refused', (vhostUserSocket, why) => {
    const changes = { podMaySet: ['vhostUserSocket'], args: { cni: { vhostUserSocket } } };
    expect(refusal(changes)).toContain(`"args.cni.vhostUserSocket" `);
    expect(refusal(changes)).toContain(why);
  });

  it.each(['live', 'other'] as const)('that a pod names is not taken from whoever has it: %s', (state) => {
    const asking = { podMaySet: ['vhostUserSocket'], runtime: 'generic', args: asked };
    expect(() => planVhostUser(requestOf(asking), nodeView({ socket: state }))).toThrow(
      'socket /run/dan/vhost-user/args is',
    );
    expect(planVhostUser(requestOf(asking), nodeView({ socket: 'stale' })).device.server).toBe('vm');
  });

  it.each([
    [{}, `/run/dan/vhost-user/${names.link}.sock`],
    [{ socketDir: '/run/vm' }, `/run/vm/${names.link}.sock`],
    [{ socketDir: '/run/vm/' }, `/run/vm/${names.link}.sock`],
    [{ socketDir: '/' }, `/${names.link}.sock`],
    [{ socketDir: '/run/vm', socketPath: key }, key],
  ])('of %j is at %s', (changes, path) => {
    const { socket } = vhostUser.wants(requestOf(changes));
    expect(socket === undefined ? undefined : socketPathOf(socket, names)).toBe(path);
    expect(planVhostUser(requestOf(changes), nodeView()).device.path).toBe(path);
  });
});
