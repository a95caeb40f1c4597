// QEMU 7.2's output about a machine with Kata's devices: a port, a bridge with one device in it, and a bridge below a
// port.

/** `info pci` of the human monitor, with the echo of the command as on a terminal. */
export const humanPci = `info pci
  Bus  0, device   0, function 0:
    Host bridge: PCI device 8086:29c0
      PCI subsystem 1af4:1100
      id ""
  Bus  0, device   1, function 0:
    PCI bridge: PCI device 1b36:000c
      IRQ 10, pin A
      BUS 0.
      secondary bus 1.
      subordinate bus 1.
      IO range [0xe000, 0xdfff]
      memory range [0xfe200000, 0xfe3fffff]
      prefetchable memory range [0xfea00000, 0xfebfffff]
      BAR0: 32 bit memory at 0xfe400000 [0xfe400fff].
      id "rp0"
  Bus  0, device   2, function 0:
    PCI bridge: PCI device 1b36:0001
      BUS 0.
      secondary bus 2.
      subordinate bus 2.
      IO range [0xd000, 0xdfff]
      memory range [0xfe000000, 0xfe1fffff]
      prefetchable memory range [0xfe800000, 0xfe9fffff]
      id "pci-bridge-0"
  Bus  2, device  30, function 0:
    Class 0255: PCI device 1af4:1005
      PCI subsystem 1af4:0004
      IRQ 10, pin A
      BAR0: I/O at 0xd000 [0xd01f].
      BAR1: 32 bit memory at 0xfe000000 [0xfe000fff].
      BAR4: 64 bit prefetchable memory at 0xfe800000 [0xfe803fff].
      id "rng"
  Bus  0, device   3, function 0:
    PCI bridge: PCI device 1b36:000c
      IRQ 11, pin A
      BUS 0.
      secondary bus 3.
      subordinate bus 4.
      id "rp-pci-bridge-1"
  Bus  3, device   0, function 0:
    PCI bridge: PCI device 1b36:000e
      IRQ 11, pin A
      BUS 3.
      secondary bus 4.
      subordinate bus 4.
      id "pci-bridge-1"
  Bus  0, device  31, function 2:
    SATA controller: PCI device 8086:2922
      PCI subsystem 1af4:1100
      id ""
`.replaceAll('\n', '\r\n');

/** A PCI function in the machine protocol. */
function device(bus: number, slot: number, id: string, vendor: number, product: number, more: object = {}): object {
  return { bus, slot, function: 0, qdev_id: id, id: { device: product, vendor }, ...more };
}

/** The additional fields of a bridge: the bus below it, and its devices. */
function bridge(secondary: number, devices: readonly object[] = []): object {
  const bus = { number: 0, secondary, subordinate: secondary, io_range: { base: 57344, limit: 57343 } };
  return { pci_bridge: { bus, devices } };
}

/** The same as in `query-pci` of the machine protocol. */
export const machinePci = [
  {
    bus: 0,
    devices: [
      device(0, 0, '', 0x8086, 0x29c0),
      device(0, 1, 'rp0', 0x1b36, 12, bridge(1)),
      device(0, 2, 'pci-bridge-0', 0x1b36, 1, bridge(2, [device(2, 30, 'rng', 0x1af4, 0x1005)])),
      device(0, 3, 'rp-pci-bridge-1', 0x1b36, 12, bridge(3, [device(3, 0, 'pci-bridge-1', 0x1b36, 14, bridge(4))])),
      { ...device(0, 31, '', 0x8086, 0x2922), function: 2 },
    ],
  },
];

/** `info network` with a card of one queue, one of two, and a backend without a card. */
export const humanNetwork = `network-tap0: index=0,type=tap,ifname=tap0,script=no,downscript=no
dan-x: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56
 \\ dan-x: index=0,type=tap,fd=17
dan-y: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:57
 \\ dan-y: index=0,type=tap,fd=18
 \\ dan-y: index=1,type=tap,fd=19
dan-z: index=0,type=user,net=10.0.2.0,restrict=off
`.replaceAll('\n', '\r\n');

/** `netdev_del x`, as it arrives over the socket. */
export const humanRefusal = "n\x1b[K\x1b[Dne\x1b[K\x1b[D\x1b[Dnetdev_del x\x1b[K\r\nError: Device 'x' not found\r\n";
