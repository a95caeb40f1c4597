import { danError } from '../model/error.ts';

/** Why a directory is unsafe for files: someone else could replace them or redirect them elsewhere. */
export type DirectoryFault =
  | { readonly is: 'no-directory' | 'symbolic-link' | 'writable' }
  | { readonly is: 'of-another'; readonly user: number };

/** A fault of a directory, or of one of its parents. */
export interface FaultAt {
  readonly path: string;
  readonly fault: DirectoryFault;
}

/** The refusal of directories, with what to do about them. */
export function directoryUnsafe(faults: readonly FaultAt[]): Error {
  return danError('directory-unsafe', faults.map(faultSentence).join('; '));
}

/** What is wrong with a directory, and how to fix it, as a sentence. */
export function faultSentence({ path, fault }: FaultAt): string {
  const { seen, cure } = directoryFaultText(path, fault);
  return `${path} ${seen}${cure === undefined ? '' : `: ${cure}`}`;
}

/** What is wrong with a directory, as a clause that follows its path, and how to fix it. Pure. */
export function directoryFaultText(path: string, fault: DirectoryFault): { seen: string; cure: string | undefined } {
  switch (fault.is) {
    case 'symbolic-link':
      return { seen: 'is a symbolic link', cure: 'name the directory that it leads to' };
    case 'no-directory':
      return { seen: 'is not a directory', cure: undefined };
    case 'of-another':
      return { seen: `belongs to user ${fault.user}`, cure: `"chown root ${path}"` };
    case 'writable':
      return { seen: 'can be written to by others', cure: `"chmod go-w ${path}"` };
    default:
      return fault satisfies never;
  }
}
