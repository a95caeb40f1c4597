import type { PlaceFault } from '../../../attach/sightings/seen.ts';
import type { InventoryItem } from '../../../node/attachments/join.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { delCommand } from '../../del-command.ts';
import { isAboutLinks, isUnsure, type Problem, problemsOf } from '../../../node/attachments/problems.ts';

/** A kind of disagreement that is a question of its own. */
interface Question<Kind extends Problem['kind']> {
  readonly id: string;
  readonly kind: Kind;
  readonly fine: string;
  readonly why: string;
  /** What to do where the pod runs. */
  readonly running: string;
  /** What was seen, for the end of a sentence that begins with the attachment. */
  readonly tell: (problem: Extract<Problem, { kind: Kind }>) => string;
  /** Why it cannot be told of any, by what could not be read. */
  readonly hindrance?: (faults: readonly PlaceFault[]) => string | undefined;
}

const lost = 'If the pod runs, it has no network any more; if not, this is left of it, with the addresses that it had.';
const restart = 'restart it';
const leave = 'leave it: its own DEL finds this by names and marks';
const left = 'Nothing says that it is in use: it keeps its name, its address and its place, and nobody removes it.';

/** Whether records, devices and entries agree. */
export const attachmentChecks: readonly Check<NodeFacts>[] = [
  toCheck({
    id: 'state-missing-link',
    kind: 'missing-links',
    fine: 'the devices of all records are there',
    why: lost,
    running: restart,
    tell: ({ names }) => `${list(names)} ${names.length === 1 ? 'is' : 'are'} gone`,
    hindrance: aboutLinks,
  }),
  toCheck({
    id: 'state-missing-port',
    kind: 'missing-port',
    fine: 'the ports of all records are there',
    why: lost,
    running: restart,
    tell: ({ name, database }) => `its port ${name} in the Open vSwitch at ${database} is gone`,
    hindrance: aboutPorts,
  }),
  toCheck({
    id: 'state-missing-entry',
    kind: 'missing-entry',
    fine: 'the entries of all records are in their DAN files',
    why: 'Kata finds an attachment by its entry alone: without one, a sandbox that starts now gets no such interface.',
    running: 'leave it: Kata reads the entry at its start alone',
    tell: ({ file }) => `its entry in ${file} is gone`,
  }),
  toCheck({
    id: 'state-orphan-link',
    kind: 'orphan-links',
    fine: 'all links of pods have a record',
    why: left,
    running: leave,
    tell: ({ links }) =>
      `${list(links.map(({ name, netns }) => (netns === undefined ? name : `${name} in ${netns}`)))} has no record`,
    hindrance: aboutLinks,
  }),
  toCheck({
    id: 'state-orphan-entry',
    kind: 'orphan-entry',
    fine: 'all entries in DAN files have a record',
    why: 'A sandbox of that id would be given a device that is not there, and not start; and nobody removes the entry.',
    running: leave,
    tell: ({ file }) => `the entry in ${file} has no record`,
  }),
  toCheck({
    id: 'state-orphan-port',
    kind: 'orphan-port',
    fine: 'all ports of pods in Open vSwitch have a record',
    why: 'The database outlives the node’s start, and the switch tries to make each of its ports again.',
    running: leave,
    tell: ({ name, database }) => `the port ${name} in the Open vSwitch at ${database} has no record`,
    hindrance: aboutPorts,
  }),
];

function toCheck<Kind extends Problem['kind']>(question: Question<Kind>): Check<NodeFacts> {
  const { id, fine, why, kind, running, tell, hindrance } = question;
  return {
    id,
    fine,
    why,
    unasked: ({ state: { inventory } }) =>
      inventory === undefined ? 'only files are looked at' : hindrance?.(inventory.faults),
    look: (facts) => {
      const { items, faults } = facts.state.inventory ?? { items: [], faults: [] };
      return items.flatMap((item) =>
        problemsOf(item)
          .filter((problem): problem is Extract<Problem, { kind: Kind }> => problem.kind === kind)
          .filter((problem) => !isUnsure(problem, faults))
          .map((problem) => observation(item, { seen: tell(problem), running }, facts)),
      );
    },
  };
}

function aboutPorts(faults: readonly PlaceFault[]): string | undefined {
  return faults.some(({ of }) => of === 'ovs') ? 'not every database of Open vSwitch answers' : undefined;
}

// That of a record, of a DAN file or of a database says nothing about links.
function aboutLinks(faults: readonly PlaceFault[]): string | undefined {
  return faults.some(isAboutLinks) ? 'not all links could be read' : undefined;
}

function observation(
  item: InventoryItem,
  { seen, running }: { readonly seen: string; readonly running: string },
  facts: NodeFacts,
): Observation {
  const { network, sandbox, ifname } = item.identity;
  return {
    severity: 'warning',
    seen: `${ifname} of sandbox ${sandbox} in network "${network}": ${seen}`,
    cure:
      `see whether the pod runs, with "crictl inspectp ${sandbox}". If it does, ${running}; if it does not, remove ` +
      `what is left: ${delCommand(item, facts.cni)}`,
  };
}

function list(names: readonly string[]): string {
  return `the link${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}
