import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotIn } from '../../src/monitor/cloud-hypervisor.ts';
import { commandLine } from '../../src/monitor/hmp.ts';
import * as human from '../../src/monitor/hmp-answers.ts';
import { functionsIn } from '../../src/monitor/qmp.ts';
import { servesApiAt } from '../../src/monitor/machines.ts';
import { isMachineOf, monitorsIn } from '../../src/monitor/qemu-words.ts';
import { freePlaces, type PciFunction, placeOf } from '../../src/monitor/slots.ts';
import { addBackend, addCard } from '../../src/monitor/steps.ts';
import type { Mac } from '../../src/model/mac.ts';
import { humanNetwork, humanPci, humanRefusal, machinePci } from './answers.ts';

describe('what both monitors say of PCI', () => {
  it('is the same', () => {
    const functions = functionsIn(machinePci);
    expect(human.functionsIn(human.linesOf(humanPci))).toEqual(functions);
    expect(functions.map(({ id }) => id)).toEqual([
      '',
      'rp0',
      'pci-bridge-0',
      'rng',
      'rp-pci-bridge-1',
      'pci-bridge-1',
      '',
    ]);
  });

  it('is nothing where it is garbage', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => functionsIn(value).every(({ id }) => typeof id === 'string')));
    fc.assert(
      fc.property(fc.string(), (text) => human.functionsIn(human.linesOf(text)).length === 0 || text.includes('Bus')),
    );
  });
});

describe('the human monitor', () => {
  it('is read without its echo', () => {
    expect(human.linesOf(humanRefusal)).toEqual(["Error: Device 'x' not found", '']);
    expect(human.refusalIn(human.linesOf(humanRefusal))).toBe("Device 'x' not found");
  });

  it.each(["unknown command: 'getfd'", 'Error: No file descriptor supplied via SCM_RIGHTS'])(
    'refuses by %j',
    (line) => {
      expect(human.refusalIn(['', line])).toBe(line.replace('Error: ', ''));
    },
  );

  it('refuses nothing where it says nothing, or tells of errors of others', () => {
    expect(human.refusalIn(['', 'id "Error: x"', ' Error: '])).toBeUndefined();
  });

  it('tells of backends once each, and of no card', () => {
    expect(human.backendsIn(humanNetwork.replaceAll('\r', ''))).toEqual(['network-tap0', 'dan-x', 'dan-y', 'dan-z']);
  });

  it('tells of devices', () => {
    const lines = ['type (string)', 'rng (child<virtio-rng-pci>)', 'rp0 (child<pcie-root-port>)', ''];
    expect(human.childrenIn(lines)).toEqual(['rng', 'rp0']);
  });

  it('reads a step as a line', () => {
    expect(commandLine(addBackend('dan-1', 2))).toBe('netdev_add tap,id=dan-1,fds=dan0:dan1');
    const place = { bus: 'pci-bridge-0', slot: 30, devicePath: '02/1e' };
    expect(commandLine(addCard('dan-1', '02:00:00:00:00:0a' as Mac, 2, place))).toBe(
      'device_add virtio-net-pci,netdev=dan-1,id=dan-1,mac=02:00:00:00:00:0a,bus=pci-bridge-0,addr=0x1e,romfile=,mq=on,vectors=6',
    );
  });
});

describe('places for a card', () => {
  const functions = functionsIn(machinePci);

  it('are those of the last bridge first, from the highest slot down, and ports at the end', () => {
    const places = freePlaces(functions);
    expect(places[0]).toEqual({ bus: 'pci-bridge-1', slot: 30, devicePath: '03/00/1e' });
    expect(places[29]).toEqual({ bus: 'pci-bridge-1', slot: 1, devicePath: '03/00/01' });
    // Its slot 30 is taken.
    expect(places[30]).toEqual({ bus: 'pci-bridge-0', slot: 29, devicePath: '02/1d' });
    // The other port has a bridge in it.
    expect(places.slice(59)).toEqual([{ bus: 'rp0', slot: 0, devicePath: '01/00' }]);
  });

  it('are none on a bridge that the guest has not numbered, or that has no name', () => {
    const bridge = { bus: 0, slot: 2, id: 'pci-bridge-0', model: '1b36:0001', secondary: 1 };
    expect(freePlaces([bridge])).toHaveLength(30);
    expect(freePlaces([{ ...bridge, secondary: 0 }])).toEqual([]);
    expect(freePlaces([{ ...bridge, secondary: undefined }])).toEqual([]);
    for (const id of ['', 'a,b', 'a b', 'a\nquit', '-a']) expect(freePlaces([{ ...bridge, id }])).toEqual([]);
    expect(freePlaces([{ ...bridge, model: '8086:1234' }])).toEqual([]);
  });

  it('are none on a bridge to which no way leads from the root, or one that goes round', () => {
    const bridge = { slot: 2, id: 'pci-bridge-0', model: '1b36:0001' };
    expect(freePlaces([{ ...bridge, bus: 128, secondary: 129 }])).toEqual([]);
    expect(freePlaces([{ ...bridge, bus: 5, secondary: 5 }])).toEqual([]);
    const others = [
      { ...bridge, bus: 5, secondary: 6 },
      { ...bridge, bus: 6, secondary: 5 },
    ];
    expect(freePlaces(others)).toEqual([]);
  });

  it('are where the card is then', () => {
    const card = { bus: 2, slot: 29, id: 'dan-1', model: '1af4:1000' };
    expect(placeOf('dan-1', [...functions, card])).toEqual({ bus: 'pci-bridge-0', slot: 29, devicePath: '02/1d' });
    expect(placeOf('dan-2', [...functions, card])).toBeUndefined();
    expect(placeOf('dan-1', [{ ...card, bus: 0 }])).toBeUndefined();
  });

  it('are none that something has, whatever there is', () => {
    const one = fc.record({
      bus: fc.nat(4),
      slot: fc.nat(31),
      id: fc.constantFrom('a', 'b', 'c', ''),
      model: fc.constantFrom('1b36:0001', '1b36:000c', '1b36:000e', '1af4:1000'),
      secondary: fc.option(fc.nat(4), { nil: undefined }),
    });
    const isFree = (all: readonly PciFunction[]): boolean =>
      freePlaces(all).every(({ bus, slot, devicePath }) => {
        const secondary = all.filter(({ id }) => id === bus).map((bridge) => bridge.secondary);
        const taken = all.some((other) => other.slot === slot && secondary.every((number) => number === other.bus));
        return !taken && /^[01][0-9a-f](\/[01][0-9a-f])+$/.test(devicePath);
      });
    fc.assert(fc.property(fc.array(one, { maxLength: 8 }), isFree));
  });
});

describe("QEMU's words", () => {
  const go = ['qemu', '-name', 'sandbox-abc,debug-threads=on', '-qmp', 'unix:fd=3,server=on,wait=off'];
  const extra = ['-qmp', 'unix:path=/run/vc/vm/abc/extra-monitor.sock,server=on,wait=off'];

  it('name the sandbox', () => {
    expect(isMachineOf(go, 'abc')).toBe(true);
    expect(isMachineOf(['qemu', '-name', 'sandbox-abc'], 'abc')).toBe(true);
    for (const other of ['ab', 'abcd', '', 'abc,debug-threads=on']) expect(isMachineOf(go, other)).toBe(false);
    expect(isMachineOf(['sandbox-abc'], 'abc')).toBe(false);
    expect(isMachineOf(['x', '-name'], 'abc')).toBe(false);
  });

  it('name its monitors, but for that of Kata', () => {
    expect(monitorsIn([...go, ...extra], '/')).toEqual([
      { kind: 'qemu-qmp', socket: '/run/vc/vm/abc/extra-monitor.sock' },
    ]);
    expect(monitorsIn([...go, '-qmp', 'unix:/run/vc/vm/abc/qmp.sock,server=on'], '/')).toEqual([]);
    expect(monitorsIn(go, '/')).toEqual([]);
  });

  it('name a monitor below the directory that QEMU works in', () => {
    const words = [...go, '-monitor', 'unix:path=debug-monitor.sock,server=on,wait=off'];
    expect(monitorsIn(words, '/run/bundle')).toEqual([{ kind: 'qemu-hmp', socket: '/run/bundle/debug-monitor.sock' }]);
  });

  it('name the machine protocol first', () => {
    const words = [
      '-monitor',
      'unix:/a',
      '-qmp-pretty',
      'unix:/b',
      '-monitor',
      'stdio',
      '-qmp',
      'tcp:localhost:1',
      '-qmp',
    ];
    expect(monitorsIn(words, '/')).toEqual([
      { kind: 'qemu-qmp', socket: '/b' },
      { kind: 'qemu-hmp', socket: '/a' },
    ]);
  });
});

describe("Cloud Hypervisor's words", () => {
  it('name the socket of its API', () => {
    const words = ['/usr/bin/cloud-hypervisor', '--api-socket', '/run/kata/abc/ch-api.sock', '-v'];
    expect(servesApiAt(words, '/run/kata/abc/ch-api.sock')).toBe(true);
    for (const other of ['/run/kata/ab/ch-api.sock', '', '-v']) expect(servesApiAt(words, other)).toBe(false);
    expect(servesApiAt(['virtiofsd', '--socket-path', '/a'], '/a')).toBe(false);
  });
});

describe('an address that Cloud Hypervisor says', () => {
  it.each([
    ['0000:00:06.0', 6],
    ['0000:00:1f.0', 31],
    ['0001:00:06.0', undefined],
    ['0000:01:06.0', undefined],
    ['0000:00:06.1', undefined],
    ['0000:00:20.0', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is in slot %s', (address, slot) => {
    expect(slotIn(address)).toBe(slot);
  });
});
