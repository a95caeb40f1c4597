import type { FileState } from './file-state.ts';
import type { InstalledFile } from './manifest.ts';
import type { Content } from './step.ts';

/** A file that is to be on the node. */
export interface Wanted {
  /** On the node. */
  readonly path: string;
  readonly mode: number;
  readonly content: Content;
  readonly sha256: string;
  readonly why: string;
  /** Whether a file that is there and that dan did not install is replaced; otherwise it is the operator's, and stays. */
  readonly replacesForeign: boolean;
}

/** What becomes of a wanted file. */
export type Verdict =
  | { readonly is: 'there'; readonly why: string }
  | { readonly is: 'write'; readonly why: string }
  | { readonly is: 'kept'; readonly why: string }
  | { readonly is: 'refused'; readonly why: string };

/** Compares a wanted file with what is there, and with what dan installed before. */
export function judge(wanted: Wanted, state: FileState, installed: InstalledFile | undefined): Verdict {
  const { path, sha256, mode, why } = wanted;
  if (state === 'missing') return { is: 'write', why };
  if (state === 'no-file') return { is: 'refused', why: `${path} is there and is no file: remove it` };
  if (state.sha256 === sha256) {
    return (state.mode & mode) === mode ? { is: 'there', why: 'is there already' } : { is: 'write', why };
  }
  if (installed?.sha256.includes(state.sha256) === true) {
    return { is: 'write', why: `${why}; replaces what "dan install" put there before` };
  }
  if (wanted.replacesForeign) {
    return { is: 'write', why: `${why}; replaces another one, which "dan uninstall" does not bring back` };
  }
  if (installed !== undefined) {
    return {
      is: 'kept',
      why: 'was changed since "dan install" put it there, and stays as it is; remove it to get it anew',
    };
  }
  return {
    is: 'refused',
    why: `${path} is there, and "dan install" did not put it there: remove it if it is not needed`,
  };
}
