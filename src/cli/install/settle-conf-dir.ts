import { choices, type Handler, handlersText, kataConfDirs, sharedBy } from './conf-dir.ts';
import { confDirAdvice, confDirFault } from './containerd-advice.ts';
import type { InstallNode } from './node.ts';
import type { InstallQuestion } from './question.ts';

/** The name of the network configuration that is installed: one a directory, before most others. */
export const configurationName = '10-dan.conflist';

/** A directory that is proposed where there is none; the network configurations of other pods are beside it. */
const proposed = '/etc/cni/kata.d';

/** Where a network configuration goes, or why it goes nowhere; and what follows from it for the operator. */
export type SettledConfDir =
  | { readonly path: string; readonly notes: readonly string[] }
  | { readonly refusal: string };

/** Finds the one directory that Kata's handlers have for themselves. */
export function findConfDir(
  asked: string | undefined,
  { handlers, containerd }: Pick<InstallNode, 'containerd' | 'handlers'>,
): { readonly path: string } | { readonly refusal: string } {
  if (asked !== undefined) return { path: asked };
  const [path, ...others] = kataConfDirs(handlers);
  if (path !== undefined && others.length === 0) return { path };
  if (path !== undefined) {
    const all = [path, ...others].join(', ');
    return {
      refusal: `Kata’s handlers have several directories of network configurations, ${all}: name one with --conf-dir`,
    };
  }
  const kata = handlers.filter(({ isKata }) => isKata).map(({ name }) => name);
  const [first] = kata;
  if (containerd === undefined || first === undefined) {
    return {
      refusal:
        'no containerd with a handler of Kata’s was found on this node, so it is not known where the network ' +
        'configuration has to go: name the directory with --conf-dir; or, under CRI-O, install without --config, and ' +
        'give the configuration to Multus',
    };
  }
  const fault = confDirFault(containerd.version);
  if (fault !== undefined) return { refusal: fault };
  return {
    refusal:
      `containerd’s ${handlersText(kata)} ${kata.length === 1 ? 'has' : 'have'} no cni_conf_dir, so a configuration would ` +
      'hold for every pod of this node, and a pod that is not Kata’s gets no network from dan. Give the directory with ' +
      `--conf-dir ${proposed}, and ${confDirAdvice(containerd, kata, proposed)}`,
  };
}

/** Refuses a directory that others use, or have filled, unless that is meant; tells who takes what from it. */
export function settleConfDir(
  { shared }: Pick<InstallQuestion, 'shared'>,
  { handlers, containerd }: Pick<InstallNode, 'containerd' | 'handlers'>,
  confDir: { readonly path: string; readonly names: readonly string[] },
): SettledConfDir {
  const { path } = confDir;
  const reasons = sharedBy(confDir, configurationName, handlers);
  const told = choices(confDir, configurationName, handlers);
  if (reasons.length > 0 && !shared) {
    return {
      refusal:
        `${path} is not for Kata’s pods alone: ${reasons.join('; ')}. Install into a directory of its own, or with ` +
        `--shared, and then ${told.join('; ')}`,
    };
  }
  const kata = handlers.filter(({ isKata }) => isKata);
  const advice =
    containerd === undefined || kata.length === 0 || kata.some((handler) => handler.confDir === path)
      ? []
      : [adviceFor(path, kata, containerd)];
  return { path, notes: [...told, ...advice] };
}

function adviceFor(path: string, kata: readonly Handler[], containerd: NonNullable<InstallNode['containerd']>): string {
  const names = kata.map(({ name }) => name);
  return (
    `no handler of Kata’s looks into ${path} yet: ` +
    (confDirFault(containerd.version) ?? confDirAdvice(containerd, names, path))
  );
}
