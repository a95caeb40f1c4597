import type { ProfileName } from '../../../dan/profile.ts';
import { kindOf } from '../../../kinds/kinds.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';
import { checksUnless, error, type Observation, observe, warning } from '../check.ts';
import type { KataUse } from '../facts/kata.ts';
import type { NodeFacts } from '../facts/node.ts';
import { withoutContainerd } from './containerd.ts';

/** Checks of Kata's handlers and shims. */
export const kataHandlerChecks = checksUnless(withoutContainerd, [
  {
    id: 'kata-handler',
    *look({ cni }) {
      if (cni.handlers.some(({ handler }) => handler.isKata)) return;
      const path = cni.containerd?.path ?? '/etc/containerd/config.toml';
      yield error(
        `no handler in containerd’s configuration (${path}) has a runtime_type like "io.containerd.kata.v2"`,
        'install Kata (kata-deploy configures containerd, too), or add a table to "containerd.runtimes", with ' +
          'runtime_type = "io.containerd.kata.v2" and with the ConfigPath of Kata’s configuration in "options"',
      );
    },
  },
  {
    id: 'kata-shim',
    unasked: withoutHandlers,
    *look({ kata }) {
      for (const { handler, shim } of kata.uses) {
        if (handler === undefined || shim === undefined || shim.path !== undefined) continue;
        const which = `the shim ${shim.name} of the handler "${handler.name}"`;
        yield shim.name.startsWith('/')
          ? error(
              `${which} is missing, or not executable`,
              'install Kata there, or correct runtime_path in containerd’s configuration',
            )
          : warning(
              `${which} is in none of the usual directories of programs`,
              'containerd looks for it in its own PATH: link it into /usr/local/bin, or name it in runtime_path',
            );
      }
    },
  },
  {
    id: 'kata-runtime-profile',
    unasked: withoutHandlers,
    *look({ kata }) {
      for (const use of kata.uses) {
        yield* tooOld(use);
        for (const network of use.networks) yield* otherReader(use, network);
      }
    },
  },
]);

/** Why a question about Kata’s handlers does not apply; undefined if it does. */
export function withoutHandlers({ kata }: NodeFacts): string | undefined {
  return kata.uses.some(({ handler }) => handler !== undefined) ? undefined : 'containerd has no handler for Kata';
}

// Kata 3.1 was released before DAN support was written.
function* tooOld({ handler, shim }: KataUse): Iterable<Observation> {
  const [major = 0, minor = 0] = shim?.version?.split('.').map((part) => Number.parseInt(part)) ?? [];
  if (shim?.version === undefined || major > 3 || (major === 3 && minor >= 2)) return;
  yield error(
    `the shim of the handler "${handler?.name ?? ''}" (${shim.path ?? shim.name}) is Kata ${shim.version}, which does not support DAN`,
    'update Kata: to 4.0 or later for "runtime": "runtime-rs"',
  );
}

function* otherReader({ handler, shim, runtime }: KataUse, { path, config }: DanPlugin): Iterable<Observation> {
  if (config === undefined || runtime === undefined) return;
  const { runtime: profile } = config;
  const who = `the shim of the handler "${handler?.name ?? ''}" is Kata’s ${runtime === 'go' ? 'Go' : 'Rust'} runtime`;
  const seen = (version: string): string => `${who}${version}, and ${path} has "runtime": "${profile}"`;
  const wanted = nameFor(shim?.version);
  if (runtime === 'go') {
    if (profile === 'go') return;
    const cure =
      'have the handler start the Rust runtime; before 4.0, Kata’s own packages have it below /opt/kata/runtime-rs. The ' +
      'Go runtime accepts only vfio devices from a DAN file: for these, set "device": "vfio" and "runtime": "go"';
    yield error(seen(''), cure);
  } else if (profile === 'go') {
    const cure =
      'have the handler start the Go runtime: the Rust runtime does not read vfio devices from a DAN file yet';
    yield error(seen(''), cure);
  } else if (profile === 'generic') {
    // With "generic", the file names the pod's namespace for a device that takes over an interface there. Kata looks
    // for taps on the host.
    const isInPod = kindOf(config.device).addresses !== 'own';
    const fails = isInPod ? ': Kata fails the sandbox, because it does not look for a tap in the pod’s namespace' : '';
    const cure = `"generic" is for other readers: set "runtime": "${wanted}"`;
    yield observe(isInPod ? 'error' : 'warning', `${seen('')}${fails}`, cure);
  } else if (shim?.version !== undefined && profile !== wanted) {
    const isOld = wanted === 'runtime-rs-3';
    const reason = isOld
      ? 'before 4.0, the runtime takes the number of queue pairs in the file for a number of virtqueues, and fails if it is odd'
      : 'from 4.0 on, the file can say the number of queue pairs, for which network_queues is used now';
    yield observe(isOld ? 'error' : 'warning', seen(` ${shim.version}`), `set "runtime": "${wanted}": ${reason}`);
  }
}

function nameFor(version = '4'): ProfileName {
  return Number.parseInt(version) < 4 ? 'runtime-rs-3' : 'runtime-rs';
}
