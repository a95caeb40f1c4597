import { expect, test } from 'vitest';
import { isSoak } from '../harness/effort.ts';
import { sriovImage } from './image.ts';
import { card, SriovGuest } from './sriov-guest.ts';

const mac = '02:5c:1e:07:9a:41';
const config = {
  ...{ cniVersion: '1.1.0', name: 'fast', type: 'dan', device: 'vfio', runtime: 'go', bindDriver: true },
  ...{ master: card.link, mac, addresses: ['10.0.0.5/24'] },
};

/** What the nested machine does at its start, instead of what the guest of other tests does. */
const inside = [
  ...['export PATH=/bin:/sbin', 'mount -t proc proc /proc', 'mount -t sysfs sys /sys', 'modprobe igbvf', 'sleep 2'],
  ...['echo NIC $(cat /sys/class/net/eth0/address) $(readlink /sys/class/net/eth0/device/driver)', 'poweroff -f'],
].join('; ');

// An emulated machine emulates another one, which takes six minutes, so only `npm run soak` runs this.
test.runIf(isSoak)(
  'a virtual machine that is started from the DAN file has the function, with the MAC of the file',
  async () => {
    const { kernel, initramfs, qemu } = await sriovImage();
    await using node = await SriovGuest.boot();
    const { guest } = node;
    const before = await node.functions();
    expect((await node.call({ command: 'ADD', config })).exitCode).toBe(0);
    const file = JSON.parse(await guest.text('cat /run/kata-containers/dans/sandbox-1.json')) as {
      readonly devices: readonly { readonly guest_mac: string; readonly device: { readonly pci_device_id: string } }[];
    };
    const { guest_mac, device } = file.devices[0]!;
    const append = `console=ttyS0 quiet panic=-1 net.ifnames=0 mitigations=off no_timer_check tsc=reliable rdinit=/bin/sh -- -c "${inside}"`;
    const running = guest.sh(
      `
      for directory in dev proc sys; do mount --rbind /$directory /mnt/host/$directory; done
      chroot /mnt/host ${[qemu!.program, ...qemu!.args].join(' ')} \\
        -nodefaults -no-user-config -display none -no-reboot -machine q35 -accel tcg -cpu max -m 256M \\
        -device pcie-root-port,id=port0,bus=pcie.0,chassis=1,slot=1 -device vfio-pci,host=${device.pci_device_id},bus=port0 \\
        -kernel ${kernel} -initrd ${initramfs} -append '${append}' -serial stdio 2>&1`,
      1200,
    );
    const holds = `ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q '/dev/vfio/[0-9]'`;
    await guest.text(`for second in $(seq 120); do ${holds} && exit 0; sleep 1; done; exit 1`, 180);
    expect((await node.call({ command: 'DEL', config })).json).toMatchObject({ code: 144 });
    expect((await running).output).toMatch(new RegExp(`NIC ${guest_mac} .*/igbvf`));
    expect(guest_mac).toBe(mac);
    expect((await node.call({ command: 'DEL', config })).exitCode).toBe(0);
    expect({ functions: await node.functions(), left: await node.left() }).toEqual({ functions: before, left: '' });
  },
  1_500_000,
);
