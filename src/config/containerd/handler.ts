import type { JsonObject } from '../../json/object.ts';
import { goPattern } from './pattern.ts';
import { numberIn, tableAt, textIn, textsIn } from '../toml.ts';

/** A runtime handler of containerd: what the handler of a RuntimeClass names. */
export interface RuntimeHandler {
  readonly name: string;
  /** `runtime_type`, like `io.containerd.kata.v2`, or the absolute path of a shim. */
  readonly type: string;
  /** `runtime_path`: the shim, where it is named. */
  readonly path: string | undefined;
  /** Its shim is one of Kata's. */
  readonly isKata: boolean;
  /** `ConfigPath` of its options: the configuration that the shim is told to read. */
  readonly configPath: string | undefined;
  /** Where its network configurations are: its own `cni_conf_dir`, or containerd's. */
  readonly confDir: string;
  /** It has a `cni_conf_dir` of its own. */
  readonly ownConfDir: boolean;
  /** How many configurations of that directory a pod gets; 0 means all of them. */
  readonly maxConfNum: number;
  /** Patterns of the pod annotations that reach the shim. */
  readonly podAnnotations: readonly string[];
}

/** What holds for a handler that says nothing of its own. */
interface Shared {
  readonly confDir: string;
  readonly maxConfNum: number;
}

/** Reads the table of a handler. */
export function readHandler(name: string, table: JsonObject, { confDir, maxConfNum }: Shared): RuntimeHandler {
  const type = textIn(table, 'runtime_type') ?? '';
  const path = textIn(table, 'runtime_path') ?? (type.startsWith('/') ? type : undefined);
  const own = textIn(table, 'cni_conf_dir');
  const ownNumber = numberIn(table, 'cni_max_conf_num') ?? 0;
  return {
    name,
    type,
    path,
    isKata: /^io\.containerd\.kata\b/.test(type) || /\/containerd-shim-kata[^/]*$/.test(path ?? ''),
    configPath: textIn(tableAt(table, 'options'), 'ConfigPath'),
    confDir: own ?? confDir,
    ownConfDir: own !== undefined,
    // containerd reads a handler's number only together with a directory of its own.
    maxConfNum: own !== undefined && ownNumber !== 0 ? ownNumber : maxConfNum,
    podAnnotations: textsIn(table, 'pod_annotations'),
  };
}

/** The file name of the shim that containerd looks for: `io.containerd.kata-qemu.v2` is `containerd-shim-kata-qemu-v2`. */
export function shimName({ type }: RuntimeHandler): string | undefined {
  const [name, version] = type.split('.').slice(-2);
  return type.startsWith('/') || name === undefined || version === undefined
    ? undefined
    : `containerd-shim-${name}-${version}`;
}

/** Whether pod annotations of this name reach the shim: containerd compares with Go's `path.Match`. */
export function letsAnnotationPass({ podAnnotations }: RuntimeHandler, annotation: string): boolean {
  return podAnnotations.some((pattern) => goPattern(pattern).test(annotation));
}
