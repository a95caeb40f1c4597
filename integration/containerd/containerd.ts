import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guestImage } from '../guest/image.ts';
import { connectGuest, type GuestShell, shellSocket } from '../guest/shell.ts';
import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';
import { install, pluginDirectory, writeInside } from '../harness/install.ts';
import { containerdConfiguration } from './configuration.ts';
import { Cri } from './cri.ts';
import { pauseImage, writePauseImage } from './pause-image.ts';

/** How containerd is set up before it starts. */
export interface ContainerdOptions {
  /** Network configuration lists by file name. containerd takes the first name there is in its `conf_dir`. */
  readonly networks: Readonly<Record<string, object>>;
  /** CNI plugins to install, by the path of the executable. */
  readonly plugins?: readonly string[];
  /** containerd's `conf_dir`; without it, Debian's own. */
  readonly confDir?: string;
  /** containerd's `bin_dir`; without it, Debian's own. */
  readonly binDir?: string;
  /** How many of the networks a sandbox gets; without it, one. */
  readonly maxConfNum?: number;
  /** Where the handler `kata` looks for DAN files. */
  readonly danConf?: string;
  /** How long containerd may take until it is ready. */
  readonly patienceSeconds?: number;
  /** Tables of handlers for its configuration, instead of the one of the handler `kata`. */
  readonly handlers?: string;
}

/** Where a node has it: in a test host, /etc can be written to. */
const configuration = '/etc/containerd/config.toml';

const reader = fileURLToPath(new URL('../reader/main.ts', import.meta.url));

/** Debian's containerd with its CRI plugin, in a test host; it ends with the host. */
export class Containerd implements Disposable {
  /** The client: run, look at, stop and remove sandboxes with it. */
  readonly cri: Cri;
  readonly #guests: string;

  private constructor(cri: Cri, guests: string) {
    this.cri = cri;
    this.#guests = guests;
  }

  /** Starts containerd and waits until it can run sandboxes, with the handlers `runc` (the default) and `kata`. */
  static async start(host: Host, options: ContainerdOptions): Promise<Containerd> {
    const {
      networks,
      plugins = [],
      confDir = '/etc/cni/net.d',
      binDir = pluginDirectory,
      patienceSeconds = 20,
    } = options;
    // The reader would build it inside the host, where there is no network.
    await guestImage();
    for (const plugin of plugins) await install(host, plugin, binDir);
    for (const [name, network] of Object.entries(networks)) {
      await writeInside(host, join(confDir, name), JSON.stringify(network));
    }
    const [socket, image, guests] = ['containerd.sock', 'pause.tar', 'guests'].map((name) =>
      join(host.directory, name),
    ) as [string, string, string];
    await mkdir(guests);
    await writePauseImage(image);
    const { handlers, maxConfNum = 1 } = options;
    const places = { socket, confDir, binDir, maxConfNum, ...(handlers === undefined ? {} : { handlers }) };
    await writeInside(host, configuration, containerdConfiguration(places));
    const ended = run(host, {
      DAN_CONF: options.danConf ?? '/run/kata-containers/dans',
      GUESTS: guests,
      NODE: process.execPath,
      READER: reader,
    });
    const cri = new Cri(socket, host.cgroup);
    try {
      await eventually('containerd that is ready', () => ready(cri), { seconds: patienceSeconds, signal: ended });
      await host.sh(`ctr --address '${socket}' --namespace k8s.io images import '${image}'`);
      // The import is done before containerd's CRI plugin has heard of it.
      await eventually('the pause image', async () => (await cri.hasImage(pauseImage)) || undefined, { signal: ended });
    } catch (error) {
      cri[Symbol.dispose]();
      throw error;
    }
    return new Containerd(cri, guests);
  }

  /** Connects to the shell of the guest beside a sandbox that the handler `kata` runs. */
  guest(sandboxId: string): Promise<GuestShell> {
    return connectGuest(shellSocket(join(this.#guests, sandboxId.slice(0, 12))));
  }

  /** Closes the client; containerd itself ends with its host. */
  [Symbol.dispose](): void {
    this.cri[Symbol.dispose]();
  }
}

/** Starts containerd; the signal is given, with its last words, when it ends. */
function run(host: Host, env: Readonly<Record<string, string>>): AbortSignal {
  const controller = new AbortController();
  const log = join(host.directory, 'containerd.log');
  const containerd = host.spawn('containerd', ['--config', configuration], {
    env,
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: [{ file: log }, 'pipe'],
    maxBuffer: { stderr: Number.POSITIVE_INFINITY },
  });
  void containerd.then(({ exitCode, stderr }) => {
    const words = String(stderr).slice(-2000);
    controller.abort(new Error(`containerd ended, exit code ${exitCode ?? 'none'}; its last words:\n${words}`));
  });
  return controller.signal;
}

async function ready(cri: Cri): Promise<true> {
  const conditions = [...(await cri.status()).values()];
  const missing = conditions.find(({ status }) => !status);
  if (missing !== undefined) throw new Error(`${missing.type}: ${missing.reason}: ${missing.message}`);
  return true;
}
