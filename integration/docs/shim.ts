import { fileURLToPath } from 'node:url';
import type { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';

const standIn = fileURLToPath(new URL('../containerd/kata-runtime.sh', import.meta.url));

/**
 * Installs a shim in place of Kata's: containerd finds it by the runtime type `io.containerd.kata.v2`. It is runc's
 * shim with the stand-in for Kata as its runtime, and reports the version of a Rust runtime.
 */
export async function installKataShim(host: Host): Promise<void> {
  await host.sh(`
    mkdir -p /run/overlay/shim/upper /run/overlay/shim/work
    mount -t overlay -o lowerdir=/usr/local/bin,upperdir=/run/overlay/shim/upper,workdir=/run/overlay/shim/work \\
      overlay /usr/local/bin`);
  await writeInside(
    host,
    '/usr/local/bin/containerd-shim-kata-v2',
    `#!/bin/sh
if [ "$1" = --version ]; then
  echo 'Kata Containers containerd shim (Rust): id: io.containerd.kata.v2, version: 4.0.0, commit: none'
else
  PATH=/run/kata-stand-in:$PATH exec containerd-shim-runc-v2 "$@"
fi
`,
  );
  // runc's shim starts "runc" from its PATH; the stand-in starts it from the original PATH.
  await writeInside(host, '/run/kata-stand-in/runc', `#!/bin/sh\nPATH=\${PATH#*:} exec '${standIn}' "$@"\n`);
  await host.sh('chmod 755 /usr/local/bin/containerd-shim-kata-v2 /run/kata-stand-in/runc');
}
