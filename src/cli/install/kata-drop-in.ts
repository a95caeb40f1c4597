import { ownDropIn } from '../../node/kata.ts';
import type { InstalledFile } from './manifest.ts';

/** A Kata configuration in force, as far as the directory of DAN files goes. */
export interface KataPlace {
  /** The configuration, as the node calls it. */
  readonly path: string;
  /** Where its drop-ins are. */
  readonly dropInDirectory: string;
  /** `dan_conf`, with all drop-ins; undefined: it has none. */
  readonly danConf: string | undefined;
  /** Why it cannot be read. */
  readonly fault: string | undefined;
}

/** What is to be done so that Kata looks for DAN files where dan writes them. */
export type DropIn =
  | { readonly is: 'done'; readonly path: string; readonly why: string }
  | { readonly is: 'wanted'; readonly path: string; readonly text: string; readonly why: string }
  | { readonly is: 'refused'; readonly why: string };

/**
 * What a Kata configuration needs so that DAN files are in `danConf`. An earlier drop-in of dan's own is written again; a
 * value that somebody else chose is refused, since it has a reason that dan does not know.
 */
export function dropInFor(kata: KataPlace, danConf: string, installed: readonly InstalledFile[]): DropIn {
  const { path, fault, danConf: current } = kata;
  const dropIn = ownDropIn(kata);
  const isOurs = installed.some((file) => file.path === dropIn);
  if (fault !== undefined) {
    return { is: 'refused', why: `${fault}: correct it, or name another Kata configuration with --kata-config` };
  }
  if (current === danConf) {
    return { is: 'done', path: isOurs ? dropIn : path, why: `Kata already looks for DAN files in ${danConf}` };
  }
  if (current !== undefined && !isOurs) {
    return {
      is: 'refused',
      why:
        `${path} makes Kata look for DAN files in ${current}, but dan would write them to ${danConf}: correct its ` +
        `"dan_conf", or install a configuration with "danConf": "${current}"`,
    };
  }
  const reason = current === undefined ? 'has no dan_conf' : `says ${current}`;
  return {
    is: 'wanted',
    path: dropIn,
    text:
      '# Where dan writes the files that Kata reads. Written by "dan install"; "dan uninstall" removes it.\n' +
      `[runtime]\ndan_conf = ${JSON.stringify(danConf)}\n`,
    why: `makes Kata look for DAN files in ${danConf}; ${path} ${reason}`,
  };
}
