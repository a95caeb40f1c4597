import { type Check, type CheckId, note, warning } from '../check.ts';
import { type ManagerName, managers } from '../facts/link-managers.ts';

const ids = {
  networkManager: 'kernel-network-manager',
  networkd: 'kernel-networkd',
  udev: 'kernel-udev',
} as const satisfies Record<ManagerName, CheckId>;

/** Whether the node's programs that configure links leave dan's links alone. */
export const linkManagerChecks: readonly Check[] = Object.entries(managers).map(([key, manager]) => {
  const { title, file, reload, show } = manager;
  const name = key as ManagerName;
  return {
    id: ids[name],
    unasked: ({ kernel }) => (kernel.managers[name] === undefined ? `${title} does not run here` : undefined),
    *look({ kernel }) {
      const { hasReadyFile, links } = kernel.managers[name] ?? { hasReadyFile: true, links: [] };
      const [taken] = links.filter((link) => link.taken !== undefined);
      if (taken?.taken !== undefined) {
        const first = hasReadyFile
          ? 'the file below is installed, so another one counts before it: find that one'
          : 'install this file. If another file counts before it, give it a name that sorts before that one';
        const cure = `${first} ("${show(taken.name)}" shows what applies); then "${reload}" and restart the pods`;
        yield warning(`${title} does not leave the link ${taken.name} of a pod alone: it ${taken.taken}`, cure, file);
      } else if (links.length === 0 && !hasReadyFile) {
        const cure = `install this file, then "${reload}"; or, while a pod runs, look with "${show('LINK')}" (dan’s links begin with "dan")`;
        yield note(`${title} is at work, and there is no link of dan’s about which it could be asked`, cure, file);
      }
    },
  };
});
