import type { Check, Observation } from '../../finding.ts';
import type { NodeFacts } from '../../node.ts';
import { leavesDanAlone } from './network-manager.ts';
import { linkFile, networkFile, networkManagerFile } from './ready-files.ts';
import { type NetworkUnit, settingOf, unitOfDan } from './systemd-units.ts';

/** Whether the programs of the node that configure links leave dan's alone. */
export const linkManagerChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kernel-network-manager',
    fine: 'NetworkManager leaves the links of pods alone',
    why:
      'NetworkManager may bring a new tap up or down, give it addresses, or take it out of its bridge; then the pod ' +
      'loses its network.',
    unasked: ({ kernel }) => (kernel.managers.networkManager === undefined ? 'it is not at work here' : undefined),
    look: networkManagerFindings,
  },
  {
    id: 'kernel-networkd',
    fine: 'systemd-networkd leaves the links of pods alone',
    why:
      'systemd-networkd configures every link that a .network file matches: it gives a tap addresses or another bridge, ' +
      'or waits for a lease on it.',
    unasked: ({ kernel }) => (kernel.managers.networkd === undefined ? 'it is not at work here' : undefined),
    look: ({ kernel: { managers } }) => networkdFindings(managers.networkd ?? []),
  },
  {
    id: 'kernel-udev',
    fine: 'udev leaves MACs and names of the links of pods alone',
    why:
      'udev sets a new tap’s MAC at the same time as dan does, and whoever comes last wins: a bridge may then take the ' +
      'tap’s MAC for its own, and CHECK fails. A link with another name is found by nobody.',
    unasked: ({ kernel }) => (kernel.managers.udev === undefined ? 'it is not at work here' : undefined),
    look: ({ kernel: { managers } }) => udevFindings(managers.udev ?? []),
  },
];

function networkManagerFindings({ kernel: { managers } }: NodeFacts): readonly Observation[] {
  if (managers.networkManager === undefined || leavesDanAlone(managers.networkManager)) return [];
  return [
    {
      severity: 'warning',
      seen: 'NetworkManager is at work, and nothing in its configuration keeps it from links named dan*',
      cure: 'install this file, then "systemctl reload NetworkManager"',
      files: [networkManagerFile],
    },
  ];
}

function networkdFindings(units: readonly NetworkUnit[]): readonly Observation[] {
  const unit = unitOfDan(units);
  if (unit === undefined || isYes(settingOf(unit, 'Link', 'Unmanaged'))) return [];
  return [
    {
      severity: 'warning',
      seen: `systemd-networkd is at work, and ${unit.path} matches links named dan*`,
      cure: `install this file${ahead(networkFile.path, unit)}, then "networkctl reload"`,
      files: [networkFile],
    },
  ];
}

function udevFindings(units: readonly NetworkUnit[]): readonly Observation[] {
  const unit = unitOfDan(units);
  if (unit === undefined) return [];
  const says = ['MACAddressPolicy', 'MACAddress', 'Name'].flatMap((key) => {
    const value = settingOf(unit, 'Link', key);
    return value === undefined || (key === 'MACAddressPolicy' && value === 'none') ? [] : [`${key}=${value}`];
  });
  if (says.length === 0) return [];
  return [
    {
      severity: 'warning',
      seen: `${unit.path} matches links named dan*, and has udev set ${says.join(' and ')}`,
      cure: `install this file${ahead(linkFile.path, unit)}, then "udevadm control --reload"`,
      files: [linkFile],
    },
  ];
}

// The first name that matches decides.
function ahead(path: string, { path: other }: NetworkUnit): string {
  const nameOf = (one: string): string => one.slice(one.lastIndexOf('/') + 1);
  return nameOf(other) < nameOf(path) ? ` under a name that comes before ${nameOf(other)}` : '';
}

function isYes(value: string | undefined): boolean {
  return ['1', 'on', 't', 'true', 'y', 'yes'].includes(value?.toLowerCase() ?? '');
}
