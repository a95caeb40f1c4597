import { parseInterfaceName } from '../../model/interface-name.ts';
import { danError } from '../../model/error.ts';
import type { Where } from '../../model/operation.ts';
import { functionLine } from '../function-text.ts';
import type { Kernel } from '../kernel.ts';
import type { Site } from '../site.ts';
import { toCounters, toFunctions, toIngress, toLinks, toPodView, toTokenBucket, toVlans } from './answers.ts';
import { apply } from './apply.ts';
import { restoreLinkState, saveLinkState } from './link-state.ts';
import { changedParameters, readPolicy } from './policy.ts';
import { hasIpv6 } from './sysctl.ts';
import { askIn, mustIn, runIn } from './tools.ts';

/** Uses `ip`, `tc` and `bridge`, in as few processes as possible. */
export const kernel: Kernel = {
  runsPrograms: true,
  apply,
  hasIpv6,
  saveLinkState,
  restoreLinkState,

  readLinks: async (names, where, site) => {
    if (names.length === 0) return [];
    const lines = names.map((name) => `link show dev ${name}`);
    return toLinks(await askEach(lines, where, site, 'ip', '-d'));
  },
  readPortMtus: async ({ name }, site) => {
    const ports = toLinks(await askEach([`link show master ${name}`], 'host', site, 'ip', '-d'));
    return ports.map(({ mtu }) => mtu);
  },
  readAllLinks: async (where, site) => toLinks((await askIn(where, site, 'ip', ['-j', '-d', 'link', 'show'])).flat()),
  readCounters: async (names, where, site) => {
    if (names.length === 0) return new Map();
    const lines = names.map((name) => `link show dev ${name}`);
    return toCounters(await askEach(lines, where, site, 'ip', '-s'));
  },
  deleteLinks: async (names, where, site) => {
    const input = names.map((name) => `link del dev ${name}\n`).join('');
    const { exitCode } = await runIn(where, site, 'ip', ['-force', '-batch', '-'], { input });
    return exitCode === 0;
  },
  readPod: async (site, taken) => {
    // With "table all", `ip` prints the routes of both families; without it, only those of IPv4.
    const input = 'addr show\nroute show table all\nneigh show nud permanent\n';
    const [answers, parameters] = await Promise.all([
      askIn('pod', site, 'ip', ['-j', '-d', '-batch', '-'], { input }),
      taken === undefined ? [] : changedParameters(taken, site),
    ]);
    return toPodView(answers, taken, parameters);
  },
  readPolicy,
  readIngress: async (link, where, site) =>
    toIngress(await askEach([`qdisc show dev ${link}`, `filter show dev ${link} ingress`], where, site, 'tc')),
  readTokenBucket: async (link, where, site) =>
    toTokenBucket(await askEach([`qdisc show dev ${link} root`], where, site, 'tc')),
  linksWithIngress: async (site) => {
    const disciplines = (await askIn('pod', site, 'tc', ['-j', 'qdisc', 'show'])).flat();
    const names = disciplines.filter(({ kind }) => kind === 'ingress').map(({ dev }) => parseInterfaceName(dev));
    return names.flatMap((name) => (name.ok ? [name.value] : []));
  },
  readVlans: async (port, site) =>
    toVlans((await askIn('host', site, 'bridge', ['-j', 'vlan', 'show', 'dev', port])).flat()),
  readFunctions: async (link, site) => toFunctions(await askEach([`link show dev ${link}`], 'host', site, 'ip', '-d')),
  setFunction: async (link, number, change, site) => {
    await mustIn('host', site, 'ip', functionLine(link, number, change).split(' '));
  },

  // Node has no ioctl(2).
  openTap: (name) => {
    const why = 'the program for Node cannot open a tap for a virtual machine that runs: use the executable, dist/dan';
    return Promise.reject(danError('command-failed', `the tap ${name} is not opened: ${why}`));
  },
  readMacvtapNumbers: async (link, site) => {
    const args = ['--mount', '--propagation', 'private', '--', '/bin/sh', '-c', readNumbers, 'sh', link];
    return await mustIn('pod', site, 'unshare', args, { group: true });
  },
  mountForNodes: async (directory, site) => {
    const args = ['-t', 'tmpfs', '-o', 'mode=755,nosuid,noexec,size=1m', 'dan', directory];
    await mustIn('host', site, 'mount', args, { group: true });
  },
  makeCharacterDevice: async (path, { major, minor }, site) => {
    await mustIn('host', site, 'mknod', ['-m', '600', path, 'c', String(major), String(minor)], { group: true });
  },
};

// A constant script with the link's name as its argument. sysfs shows the links of the namespace it was mounted in.
const readNumbers = 'mount -t sysfs sysfs /sys && cat /sys/class/net/"$1"/tap*/dev';

// One process for all lines. Missing objects are left out.
async function askEach(lines: readonly string[], where: Where, site: Site, tool: 'ip' | 'tc', ...options: string[]) {
  const input = lines.map((line) => `${line}\n`).join('');
  return (await askIn(where, site, tool, ['-j', ...options, '-force', '-batch', '-'], { input })).flat();
}
