import { describe, expect, it } from 'vitest';

import { cardId, pluggedNic, recordedPlug } from '../../src/hotplug/recorded.ts';
import { faultyKey } from '../../src/json/shape.ts';
import { names } from '../kinds/node.ts';

const id = cardId(names);
const door = { kind: 'qemu-qmp', socket: '/run/vc/vm/sandbox-1/extra-monitor.sock' };
const before = { sandbox: 'sandbox-1', door, id };
const whole = { ...before, bus: 'pci-bridge-0', slot: 30, devicePath: '02/1e' };

describe('the name of a card', () => {
  it('is that of the attachment, and begins as all cards of dan do', () => {
    expect(id).toMatch(/^dan-[0-9a-f]{11}$/);
    expect(names.link).toBe(`dan${id.slice(4)}`);
  });
});

describe('what a record keeps of a card', () => {
  it.each([
    ['before it is plugged', before],
    ['of QEMU', whole],
    [
      'of Cloud Hypervisor, which has no bus',
      { ...whole, door: { ...door, kind: 'cloud-hypervisor' }, bus: undefined },
    ],
  ])('is taken: %s', (_what, plugged) => {
    expect(faultyKey(plugged, recordedPlug(names))).toBeUndefined();
  });

  it.each([
    ['sandbox', '../other'],
    ['sandbox', undefined],
    ['door', { kind: 'firecracker', socket: door.socket }],
    ['door', { kind: 'qemu-qmp', socket: 'extra-monitor.sock' }],
    ['door', { kind: 'qemu-qmp', socket: '/run/vc/../other.sock' }],
    ['door', { kind: 'qemu-qmp', socket: '/run/\0' }],
    ['door', 'qemu-qmp'],
    ['id', 'virtio-net-0'],
    ['id', 'dan-00000000000'],
    ['bus', 'pci bridge'],
    ['bus', 'a,id=b'],
    ['slot', 32],
    ['slot', -1],
    ['slot', '30'],
    ['devicePath', '2/1e'],
    ['devicePath', '02/1e/'],
    ['devicePath', '02\n1e'],
  ])('is not taken with the %s %j', (key, value) => {
    expect(faultyKey({ ...whole, [key]: value }, recordedPlug(names))).toBe(key);
  });

  it('tells where the card is, once it was plugged', () => {
    expect(pluggedNic(before as never)).toBeUndefined();
    expect(pluggedNic(whole as never)).toEqual({ id, bus: 'pci-bridge-0', slot: 30, devicePath: '02/1e' });
    expect(pluggedNic({ ...before, slot: 6, devicePath: '06' } as never)).toEqual({ id, slot: 6, devicePath: '06' });
  });
});
