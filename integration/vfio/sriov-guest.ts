import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Guest } from '../guest/guest.ts';
import { OwnMachine } from '../guest/machine.ts';
import { type Call, executable } from '../harness/plugin.ts';
import { sriovImage } from './image.ts';

/** The guest's card: its physical function, and its virtual ones. */
export const card = { link: 'eth0', address: '0000:01:00.0', functions: ['0000:01:10.0', '0000:01:10.2'] } as const;

/** The answer of a call of the plugin in the guest. */
export interface GuestAnswer {
  readonly exitCode: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly log: string;
}

// Without a MAC from its physical function, a function gets a new one each time its own driver finds it, so these have
// MACs.
const setUp = `
set -e
mkdir -p /mnt/dan /mnt/host /run /var/lib /etc/cni
mount -t tmpfs tmpfs /run
modprobe -a 9p 9pnet_virtio igb igbvf vfio-pci vfio_iommu_type1
mount -t 9p -o trans=virtio,version=9p2000.L,ro dan /mnt/dan
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144 host /mnt/host
cp /mnt/dan/dan /usr/bin/dan
ip link set ${card.link} up
while [ "$(cat /sys/class/net/${card.link}/carrier)" != 1 ]; do sleep 0.1; done
echo 2 >/sys/class/net/${card.link}/device/sriov_numvfs
for number in 0 1; do ip link set dev ${card.link} vf $number mac 02:00:00:00:02:0$number; done
for pod in $(seq 20); do ip netns add pod$pod; done
`;

/** A guest with an emulated Intel card (82576, two virtual functions) behind an IOMMU, with dan installed. */
export class SriovGuest implements AsyncDisposable {
  readonly guest: Guest;
  readonly #directory: string;

  private constructor(guest: Guest, directory: string) {
    this.guest = guest;
    this.#directory = directory;
  }

  static async boot(): Promise<SriovGuest> {
    const image = await sriovImage();
    const directory = await mkdtemp(join(tmpdir(), 'dan-sriov-'));
    const share = (id: string, path: string): readonly string[] => [
      ...['-fsdev', `local,id=${id},path=${path},security_model=none,readonly=on,multidevs=remap`],
      ...['-device', `virtio-9p-pci,fsdev=${id},mount_tag=${id}`],
    ];
    const guest = await Guest.boot({
      host: new OwnMachine(directory),
      image,
      mayContinue: true,
      memory: 768,
      ports: 0,
      kernelParameters: ['intel_iommu=on', 'iommu=pt'],
      qemuArgs: [
        ...['-device', 'intel-iommu,intremap=on,caching-mode=on'],
        ...['-device', 'pcie-root-port,id=port0,bus=pcie.0,chassis=1,slot=1', '-netdev', 'hubport,id=net0,hubid=0'],
        ...['-device', 'igb,bus=port0,netdev=net0,mac=02:00:00:00:01:00'],
        ...share('dan', dirname(executable)),
        ...share('host', '/'),
      ],
    });
    const made = new SriovGuest(guest, directory);
    try {
      await guest.text(setUp, 60);
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guest[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Calls the plugin; `before` is a prefix of its command line, such as strace with its options. */
  async call(
    { command, config, sandbox = 'sandbox-1', netns = '/run/netns/pod1', ifname = 'eth0' }: Call,
    before = '',
  ): Promise<GuestAnswer> {
    const output = await this.guest.text(this.script({ command, config, sandbox, netns, ifname }, before), 60);
    return answerIn(output);
  }

  /** The script of such a call, whose output {@link answerIn} reads. */
  script(
    { command, config, sandbox = 'sandbox-1', netns = '/run/netns/pod1', ifname = 'eth0' }: Call,
    before = '',
  ): string {
    return `
      variables="CNI_COMMAND=${command} CNI_CONTAINERID=${sandbox} CNI_NETNS=${netns} CNI_IFNAME=${ifname} CNI_PATH=/opt/cni"
      env -i PATH=/usr/bin:/bin $variables ${before} /usr/bin/dan <<'CONFIG' >/tmp/out.${sandbox} 2>/tmp/log.${sandbox}
${typeof config === 'string' ? config : JSON.stringify(config)}
CONFIG
      echo $?; base64 -w 0 /tmp/out.${sandbox}; echo; base64 -w 0 /tmp/log.${sandbox}; echo`;
  }

  /** The state of the functions: their drivers, and the card's report about them. */
  async functions(): Promise<string> {
    return await this.guest.text(`
      for address in ${card.functions.join(' ')}; do
        echo "$address $(basename $(readlink /sys/bus/pci/devices/$address/driver)) $(cat /sys/bus/pci/devices/$address/driver_override)"
      done
      ip -j -d link show dev ${card.link} | sed 's/.*"vfinfo_list"/"vfinfo_list"/'`);
  }

  /** What dan left in the file system. */
  async left(): Promise<string> {
    return await this.guest.text(
      'ls /run/dan/attachments /var/lib/dan/attachments /run/kata-containers/dans 2>/dev/null | grep json || true',
    );
  }
}

/** Parses the output of a call's script. */
export function answerIn(output: string): GuestAnswer {
  const [code = '', out = '', log = ''] = output.split('\n').map((line) => line.trim());
  const text = Buffer.from(out, 'base64').toString();
  const json: unknown = text === '' ? {} : JSON.parse(text);
  return { exitCode: Number(code), json: json as GuestAnswer['json'], log: Buffer.from(log, 'base64').toString() };
}
