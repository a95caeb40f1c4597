import { system } from '#system';
import { exists, namesIn, readIfThere } from '../../../host/files.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';
import { isLive } from '../../../node/paths.ts';
import { answerOf } from '../../../node/programs.ts';
import { linkFile, networkFile, networkManagerFile, type ReadyFile } from '../ready-files.ts';

/** A program of the node that configures links on its own. */
export interface LinkManager {
  /** Whether the ready file that keeps it away from dan's links is installed. */
  readonly hasReadyFile: boolean;
  /** dan's links that it answered about; empty if there are none, or if it cannot be asked. */
  readonly links: readonly ManagedLink[];
}

/** What a link manager does with a link. */
export interface ManagedLink {
  readonly name: string;
  /** What it does with the link, in its own words; undefined if it leaves the link alone. */
  readonly taken: string | undefined;
}

/** The link managers that dan knows. */
export type ManagerName = 'networkManager' | 'networkd' | 'udev';

/** The link managers of a node; undefined for one that does not run. */
export type LinkManagers = Readonly<Record<ManagerName, LinkManager | undefined>>;

interface Manager {
  /** Its usual name. */
  readonly title: string;
  /** A path that exists while it runs. */
  readonly runs: string;
  /** Paths that exist on a node that is not running if it would be started there. */
  readonly installed: readonly string[];
  /** The file that keeps it away from dan's links. */
  readonly file: ReadyFile;
  /** The command that makes it read the file. */
  readonly reload: string;
  /** The command that shows what it does with a link. */
  readonly show: (link: string) => string;
  /** The command that asks it about links, including the one of this name. */
  readonly ask: (link: string) => readonly [program: string, ...args: readonly string[]];
  /** Reads dan's links from the output of that command. */
  readonly read: (output: string, link: string) => readonly ManagedLink[];
}

/** The facts about each link manager. */
export const managers: Readonly<Record<ManagerName, Manager>> = {
  networkManager: {
    title: 'NetworkManager',
    runs: '/run/NetworkManager',
    installed: ['/usr/sbin/NetworkManager', '/usr/bin/NetworkManager', '/etc/NetworkManager'],
    file: networkManagerFile,
    reload: 'systemctl reload NetworkManager',
    show: (link) => `nmcli -f GENERAL.NM-MANAGED device show ${link}`,
    ask: () => ['nmcli', '-t', '-f', 'GENERAL.DEVICE,GENERAL.NM-MANAGED', 'device', 'show'],
    read: readNmcli,
  },
  networkd: {
    title: 'systemd-networkd',
    runs: '/run/systemd/netif/state',
    installed: [
      '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service',
      '/etc/systemd/system/dbus-org.freedesktop.network1.service',
    ],
    file: networkFile,
    reload: 'networkctl reload',
    show: (link) => `networkctl status ${link}`,
    ask: () => ['networkctl', '--no-legend', '--no-pager', '--full', 'list'],
    read: readNetworkctl,
  },
  udev: {
    title: 'udev',
    runs: '/run/udev/control',
    installed: ['/usr/lib/systemd/systemd-udevd', '/lib/systemd/systemd-udevd'],
    file: linkFile,
    reload: 'udevadm control --reload',
    show: (link) => `udevadm info -q property /sys/class/net/${link}`,
    // udev treats all of dan's links alike, because all have the same origin.
    ask: (link) => ['udevadm', 'info', '-q', 'property', `/sys/class/net/${link}`],
    read: readUdev,
  },
};

/** Finds the running link managers, and asks each what it does with dan's existing links. */
export async function lookAtLinkManagers(tree: Tree): Promise<LinkManagers> {
  const [link] = isLive(tree) ? namesIn('/sys/class/net').filter(isOfDan) : [];
  const look = async ({ runs, installed, file, ask, read }: Manager): Promise<LinkManager | undefined> => {
    if (!(isLive(tree) ? [runs] : installed).some((path) => isThere(tree, path))) return undefined;
    const hasReadyFile = readIfThere(pathIn(tree, file.path)) === file.content;
    const answer = link === undefined ? undefined : await answerOf(...ask(link));
    return { hasReadyFile, links: answer === undefined || link === undefined ? [] : read(answer, link) };
  };
  const { networkManager, networkd, udev } = managers;
  return { networkManager: await look(networkManager), networkd: await look(networkd), udev: await look(udev) };
}

// The link of an enabled unit exists even if its target is in another file system.
function isThere(tree: Tree, path: string): boolean {
  return exists(pathIn(tree, path)) || system.lstat(`${tree.root}${path}`) !== undefined;
}

function isOfDan(name: string): boolean {
  return /^dan[0-9a-f]{11}/.test(name);
}

/** Reads dan's links from the output of `nmcli -t -f GENERAL.DEVICE,GENERAL.NM-MANAGED device show`. Pure. */
export function readNmcli(output: string): readonly ManagedLink[] {
  const devices = output.matchAll(/^GENERAL\.DEVICE:(.+)\nGENERAL\.NM-MANAGED:(yes|no)$/gm);
  return [...devices]
    .map(([, name = '', managed]) => ({ name, taken: managed === 'yes' ? 'manages it' : undefined }))
    .filter(({ name }) => isOfDan(name));
}

/** Setup states of a link that has a .network file other than an `Unmanaged` one (networkctl(1)). */
const takenStates = ['configured', 'configuring', 'failed'];

/** Reads dan's links from the output of `networkctl list`: index, name, type, operational and setup state. Pure. */
export function readNetworkctl(output: string): readonly ManagedLink[] {
  const lines = output.split('\n').map((line) => line.trim().split(/\s+/));
  return lines
    .filter(([, name = '']) => isOfDan(name))
    .map(([, name = '', , , setup = '']) => ({
      name,
      taken: takenStates.includes(setup) ? `lists it as ${setup}` : undefined,
    }));
}

/** Reads from `udevadm info -q property` which .link file was applied, and from that file what it changes. */
export function readUdev(output: string, name: string): readonly ManagedLink[] {
  const [, file] = /^ID_NET_LINK_FILE=(.+)$/m.exec(output) ?? [];
  if (file === undefined) return [];
  const changes = changesOf(readIfThere(file) ?? '');
  return [{ name, taken: changes.length === 0 ? undefined : `sets its ${changes.join(' and ')} by ${file}` }];
}

/** The settings of a .link file that change a link's MAC or name (systemd.link(5)). Pure. */
export function changesOf(linkFileText: string): readonly string[] {
  const settings = linkFileText.matchAll(/^\s*((?:MACAddressPolicy|MACAddress|Name)\s*=\s*\S.*?)\s*$/gm);
  return [...settings]
    .map(([, setting = '']) => setting)
    .filter((setting) => !/^MACAddressPolicy\s*=\s*none$/.test(setting));
}
