import { type Containerd, containerdPaths } from '../../../node/containerd.ts';
import { type CniFacts, type HandlerNetworks, networksOf } from '../../../node/cni/facts.ts';
import { kindOf } from '../../../kinds/kinds.ts';
import { checksUnless, error, never, note, type Observation, observe, warning } from '../check.ts';
import type { NodeFacts } from '../facts/node.ts';

/** Checks of containerd itself. */
export const containerdChecks = checksUnless(never, [
  {
    id: 'cni-containerd',
    *look({ cni: { containerd, networks } }) {
      if (containerd !== undefined) yield* faultsOf(containerd);
      else
        yield note(
          `there is no containerd: no program of that name, and none of ${containerdPaths.join(', ')}`,
          'with another runtime, such as CRI-O, dan cannot see which configuration it selects, for which pods, or where it ' +
            `looks for plugins. What follows is about the usual directories only (networks of dan there: ${networks.length})`,
        );
    },
  },
]);

/** Checks of which pods get which network configuration. */
export const choiceChecks = checksUnless(withoutContainerd, [
  {
    id: 'cni-default-handler',
    *look({ cni: { containerd } }) {
      if (containerd === undefined) return;
      const { path = 'containerd’s configuration', settings, isBefore2 } = containerd;
      const { defaultHandler: name, handlers } = settings;
      if (handlers.some((handler) => handler.name === name)) return;
      yield observe(
        isBefore2 === undefined ? 'warning' : 'error',
        `${path} has no table of the handler "${name}", which pods without a RuntimeClass get`,
        `add [plugins.….containerd.runtimes.${name}] with its runtime_type, or name another handler in default_runtime_name`,
      );
    },
  },
  {
    id: 'cni-configuration',
    *look({ cni }) {
      for (const { directory, chosen, handler } of cni.handlers) {
        const faulty = chosen.find(({ fault }) => fault !== undefined);
        if (faulty?.fault !== undefined)
          yield error(`${faulty.path} ${faulty.fault}`, 'correct the file, or move it out of the directory');
        if (directory.files.length > 0 || !handler.isKata) continue;
        yield error(
          `${directory.path}, where containerd looks for the networks of the handler "${handler.name}", holds no network configuration`,
          'put one there, with a name that ends in .conflist',
        );
      }
    },
  },
  {
    id: 'cni-dan-chosen',
    unasked: ({ cni }) =>
      cni.handlers.some(({ handler }) => handler.isKata) ? undefined : 'containerd has no handler for Kata',
    *look({ cni }) {
      for (const one of cni.handlers) if (one.handler.isKata) yield* notChosen(cni, one);
    },
  },
  {
    id: 'cni-handler-not-kata',
    *look({ cni }) {
      for (const { handler, directory, ...one } of cni.handlers) {
        const [network] = handler.isKata ? [] : networksOf(cni, one);
        if (network === undefined) continue;
        const isDefault = cni.containerd?.settings.defaultHandler === handler.name;
        const byDefault = isDefault ? ', which pods without a RuntimeClass have,' : '';
        yield error(
          `pods of the handler "${handler.name}"${byDefault} get ${network.path}, which calls dan`,
          `${ownDirectory(cni, network.path)}, and keep ${directory.path} for networks of containers`,
        );
      }
    },
  },
  {
    id: 'cni-max-conf-num',
    *look({ cni }) {
      for (const one of cni.handlers) {
        const networks = networksOf(cni, one);
        if (networks.length === 0 || one.chosen.length < 2) continue;
        const paths = one.chosen.map(({ path }) => path).join(', ');
        const seen = `pods of ${one.directory.path} get all of ${paths} (max_conf_num ${one.handler.maxConfNum})`;
        const only = 'set max_conf_num = 1, or leave only what the pods should get in the directory';
        if (one.chosen.every(({ path }) => cni.networks.some((network) => network.path === path))) {
          yield note(
            `${seen}, and each of them calls dan`,
            'the guest gets them all. containerd attaches them at the same time, and dan waits for the others; from ' +
              '1.7 on, setup_serially = true beside max_conf_num has them attached one after the other',
          );
          continue;
        }
        // A device that takes over an interface may find that of a list without dan, and would then wait for it forever.
        const takesOver = networks.some(
          ({ config }) => config !== undefined && kindOf(config.device).addresses !== 'own',
        );
        if (!takesOver || cni.containerd?.settings.setupSerially === true) yield warning(seen, only);
        else
          yield error(
            `${seen} at the same time (setup_serially is not true): pods fail if the interface of a list without dan is there first`,
            `${only}. If they should get several, put dan with "device": "tcfilter" behind the plugins of each`,
          );
      }
    },
  },
]);

/** Why a question about containerd does not apply; undefined if it does. */
export function withoutContainerd({ cni }: NodeFacts): string | undefined {
  return cni.containerd === undefined ? 'there is no containerd here' : undefined;
}

function* faultsOf({
  path = 'containerd’s defaults',
  isRunning,
  files,
  others,
  faults,
  criDisabled,
  isBefore2,
}: Containerd): Iterable<Observation> {
  const broken = 'correct the file, or its name in "imports": containerd does not start with it';
  for (const fault of faults) yield error(fault, broken);
  if (criDisabled) {
    const cure = 'take it out of that list and restart containerd: without it, the kubelet has no runtime here';
    yield error(`${path} switches containerd’s CRI plugin off ("disabled_plugins")`, cure);
  }
  if (isBefore2 === true && files.length > 1) {
    const cure =
      'before 2.0, containerd uses a plugin’s whole section from the last file that has one: what other files say in it, ' +
      'such as a handler or a conf_dir, is lost';
    yield note(`${path} imports ${files.slice(1).join(', ')}`, cure);
  }
  if (others.length > 0) {
    const cure = isRunning
      ? 'it is the configuration of the containerd that runs: its command line names it'
      : 'a containerd that a Kubernetes distribution brings is the one that starts the pods';
    yield note(`${path} is looked at, and not ${others.join(', ')}`, cure);
  }
}

function* notChosen(cni: CniFacts, one: HandlerNetworks): Iterable<Observation> {
  const { handler, directory, chosen } = one;
  const [first] = chosen;
  if (networksOf(cni, one).length > 0 || first?.list === undefined) return;
  const types = first.list.plugins.map(({ type }) => type);
  const seen = `pods of the handler "${handler.name}" get ${first.path}, which calls ${types.join(', ')}`;
  const here = cni.networks.find(({ path }) => directory.files.some((file) => file.path === path));
  if (types.includes('multus')) {
    const cure =
      'multus takes its networks from Kubernetes objects, which dan does not read: check those with "dan validate"';
    yield note(seen, cure);
  } else if (here === undefined) {
    const cure = `they get a DAN once a configuration that calls dan is the first of ${directory.path}`;
    yield note(`${seen}, and not dan`, cure);
  } else {
    const cure = `give ${here.path} a name that sorts before it, or move ${first.path} away`;
    yield warning(`${seen}, and not dan`, cure);
  }
}

function ownDirectory({ handlers, containerd }: CniFacts, path: string): string {
  const kata = handlers.find(({ handler }) => handler.isKata)?.handler;
  if (kata?.ownConfDir === true) return `move ${path} to ${kata.confDir}, the directory of the handler "${kata.name}"`;
  const table = kata === undefined ? 'the table of a handler for Kata' : `the table of the handler "${kata.name}"`;
  const file = containerd?.path ?? 'containerd’s configuration';
  return (
    `give Kata’s pods a directory of their own: set cni_conf_dir = "/etc/cni/kata.d" in ${table} in ${file}, move ${path} ` +
    'there, restart containerd'
  );
}
