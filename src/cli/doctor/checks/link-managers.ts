import { type Check, note, warning } from '../check.ts';
import type { LinkManagers } from '../facts/link-managers.ts';
import { linkFile, networkFile, networkManagerFile, type ReadyFile } from '../ready-files.ts';

/** A question about a program of the node that configures links by itself. */
interface Question {
  readonly id: string;
  readonly manager: keyof LinkManagers;
  /** What a person calls it. */
  readonly name: string;
  readonly fine: string;
  readonly why: string;
  readonly file: ReadyFile;
  /** Has it read the file. */
  readonly reload: string;
  /** Shows what it does with a link. */
  readonly ask: (link: string) => string;
}

const questions: readonly Question[] = [
  {
    id: 'kernel-network-manager',
    manager: 'networkManager',
    name: 'NetworkManager',
    fine: 'NetworkManager leaves the links of pods alone',
    why: 'NetworkManager may set a new tap up or down, give it addresses, or take it out of its bridge. The pod then loses its network.',
    file: networkManagerFile,
    reload: 'systemctl reload NetworkManager',
    ask: (link) => `nmcli -f GENERAL.NM-MANAGED device show ${link}`,
  },
  {
    id: 'kernel-networkd',
    manager: 'networkd',
    name: 'systemd-networkd',
    fine: 'systemd-networkd leaves the links of pods alone',
    why: 'systemd-networkd configures every link that a .network file matches: it may give a tap addresses or another bridge, or run DHCP on it.',
    file: networkFile,
    reload: 'networkctl reload',
    ask: (link) => `networkctl status ${link}`,
  },
  {
    id: 'kernel-udev',
    manager: 'udev',
    name: 'udev',
    fine: 'udev leaves MACs and names of the links of pods alone',
    why:
      'udev sets the MAC of a new tap while dan does the same, and the last one wins. A bridge may then adopt the tap’s ' +
      'MAC as its own, and CHECK fails. A link that udev renames cannot be found again.',
    file: linkFile,
    reload: 'udevadm control --reload',
    ask: (link) => `udevadm info -q property /sys/class/net/${link}`,
  },
];

/** Whether the programs of the node that configure links leave dan's alone. */
export const linkManagerChecks: readonly Check[] = questions.map(
  ({ id, manager, name, fine, why, file, reload, ask }) => ({
    id,
    fine,
    why,
    unasked: ({ kernel }) => (kernel.managers[manager] === undefined ? 'it is not at work here' : undefined),
    *look({ kernel }) {
      const { hasReadyFile, links } = kernel.managers[manager] ?? { hasReadyFile: true, links: [] };
      const [taken] = links.filter((link) => link.taken !== undefined);
      if (taken?.taken !== undefined) {
        const first = hasReadyFile
          ? 'the file below is installed, so another one counts before it: find that one'
          : 'install this file. If another file counts before it, give it a name that sorts before that one';
        const cure = `${first} ("${ask(taken.name)}" shows what applies); then "${reload}" and start the pods anew`;
        yield warning(`${name} does not leave the link ${taken.name} of a pod alone: it ${taken.taken}`, cure, file);
      } else if (links.length === 0 && !hasReadyFile) {
        const cure = `install this file, then "${reload}"; or, while a pod runs, look with "${ask('LINK')}" (dan’s links begin with "dan")`;
        yield note(`${name} is at work, and there is no link of dan’s about which it could be asked`, cure, file);
      }
    },
  }),
);
