import { fileURLToPath } from 'node:url';
import { pauseImage } from './pause-image.ts';

/** The OCI runtimes by handler: `runc` itself, and `kata`, with a guest beside every sandbox that has a DAN file. */
const runtimes = { runc: 'runc.sh', kata: 'kata-runtime.sh' } as const;

const cri = 'plugins."io.containerd.grpc.v1.cri"';

/** Where containerd listens and where it finds its networks. */
export interface Places {
  readonly socket: string;
  readonly confDir: string;
  readonly binDir: string;
  /** How many of the networks a sandbox gets; containerd attaches them at the same moment. */
  readonly maxConfNum?: number;
  /** Tables of further handlers; without them, `kata` is the stand-in with runc's own shim. */
  readonly handlers?: string;
}

// The first would make a directory in /opt; the others look for file systems and devices that are no part of a test host.
const disabled = ['internal.v1.opt', 'snapshotter.v1.aufs', 'snapshotter.v1.btrfs', 'snapshotter.v1.devmapper'];

/**
 * containerd's config.toml. `root` and `state` are the usual ones: in a test host both are empty file systems in memory.
 * The scores of the out-of-memory killer may only be lowered with CAP_SYS_RESOURCE, which a container often lacks.
 */
export function containerdConfiguration(places: Places): string {
  const { socket, confDir, binDir, maxConfNum = 1, handlers = runtime('kata') } = places;
  return `
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ${JSON.stringify(disabled.map((name) => `io.containerd.${name}`))}
[grpc]
  address = "${socket}"
[${cri}]
  sandbox_image = "${pauseImage}"
  disable_tcp_service = true
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
[${cri}.cni]
  conf_dir = "${confDir}"
  bin_dir = "${binDir}"
  max_conf_num = ${maxConfNum}
${runtime('runc')}${handlers}`;
}

function runtime(handler: keyof typeof runtimes): string {
  const table = `${cri}.containerd.runtimes.${handler}`;
  return `
[${table}]
  runtime_type = "io.containerd.runc.v2"
[${table}.options]
  BinaryName = "${fileURLToPath(new URL(runtimes[handler], import.meta.url))}"
`;
}
