import { addressedText, hiddenLinkCure } from '../../../attach/hidden-links.ts';
import type { PlaceFault } from '../../../attach/sightings/seen.ts';
import { isAboutLinks, isUnsure, type Problem, problemsOf } from '../../../node/attachments/problems.ts';
import { delCommand } from '../../del-command.ts';
import { type Check, checksUnless, warning } from '../check.ts';
import { hiddenFromUser } from './state-files.ts';

/** A kind of disagreement between records, devices and entries. */
interface Question<Kind extends Problem['kind']> {
  readonly id: string;
  readonly kind: Kind;
  readonly fine: string;
  readonly why: string;
  /** What to do if the pod runs. */
  readonly running: string;
  /** What was seen, for the end of a sentence that begins with the attachment. */
  readonly seen: (problem: Extract<Problem, { kind: Kind }>) => string;
  /** Why it is not known of any attachment, by what could not be read. */
  readonly hindrance?: (faults: readonly PlaceFault[]) => string | undefined;
}

const lost = 'If the pod runs, it has lost its network. If not, this is left of it, with the addresses that it had.';
const restart = 'restart it';
const leave = 'leave it: DEL finds this by names and marks when the pod ends';

/** Whether records, devices and entries agree. */
export const attachmentChecks = checksUnless(hiddenFromUser, [
  toCheck({
    id: 'state-missing-link',
    kind: 'missing-links',
    fine: 'the devices of all records are there',
    why: lost,
    running: restart,
    seen: ({ names }) => `${links(names)} ${names.length === 1 ? 'is' : 'are'} gone`,
    hindrance: aboutLinks,
  }),
  toCheck({
    id: 'state-missing-port',
    kind: 'missing-port',
    fine: 'the ports of all records are there',
    why: lost,
    running: restart,
    seen: ({ name, database }) => `its port ${name} in the Open vSwitch at ${database} is gone`,
    hindrance: aboutPorts,
  }),
  toCheck({
    id: 'state-missing-entry',
    kind: 'missing-entry',
    fine: 'the entries of all records are in their DAN files',
    why: 'Kata finds an attachment only by its entry. Without it, a sandbox that starts now gets no such interface.',
    running: 'leave it: Kata reads the entry only when it starts',
    seen: ({ file }) => `its entry in ${file} is gone`,
  }),
  toCheck({
    id: 'state-hidden-link',
    kind: 'hidden-links',
    fine: 'guests have every addressed link of their pods',
    why: 'Kata reads the DAN file instead of the pod’s namespace. A network that another plugin attached after dan is lost to the guest, though Kubernetes lists it.',
    running: `${hiddenLinkCure}; then restart it`,
    seen: ({ links: found }) => `the guest does not have ${found.map(addressedText).join(', nor ')}`,
    hindrance: aboutLinks,
  }),
  toCheck({
    id: 'state-orphan-link',
    kind: 'orphan-links',
    fine: 'all links of pods have a record',
    why: 'Nothing shows that it is in use. It keeps its name, its address and its place, and nothing removes it.',
    running: leave,
    seen: ({ links: found }) =>
      `${links(found.map(({ name, netns }) => (netns === undefined ? name : `${name} in ${netns}`)))} has no record`,
    hindrance: aboutLinks,
  }),
  toCheck({
    id: 'state-orphan-entry',
    kind: 'orphan-entry',
    fine: 'all entries in DAN files have a record',
    why: 'A sandbox with that id would get a device that does not exist, and would not start. Nothing removes the entry.',
    running: leave,
    seen: ({ file }) => `the entry in ${file} has no record`,
  }),
  toCheck({
    id: 'state-orphan-port',
    kind: 'orphan-port',
    fine: 'all ports of pods in Open vSwitch have a record',
    why: 'The database survives a restart of the node, and the switch then tries to create each of its ports again.',
    running: leave,
    seen: ({ name, database }) => `the port ${name} in the Open vSwitch at ${database} has no record`,
    hindrance: aboutPorts,
  }),
]);

function toCheck<Kind extends Problem['kind']>(question: Question<Kind>): Check {
  const { id, fine, why, kind, running, seen, hindrance } = question;
  return {
    id,
    fine,
    why,
    unasked: ({ state: { inventory } }) =>
      inventory === undefined ? 'only files are looked at' : hindrance?.(inventory.faults),
    *look({ state, cni }) {
      const { items, faults } = state.inventory ?? { items: [], faults: [] };
      for (const item of items) {
        const { network, sandbox, ifname } = item.identity;
        for (const problem of problemsOf(item)) {
          if (!isOf(kind, problem) || isUnsure(problem, faults)) continue;
          yield warning(
            `${ifname} of sandbox ${sandbox} in network "${network}": ${seen(problem)}`,
            `check whether the pod runs, with "crictl inspectp ${sandbox}". If it does, ${running}. If it does not, remove ` +
              `what is left: ${delCommand(item, cni)}`,
          );
        }
      }
    },
  };
}

function isOf<Kind extends Problem['kind']>(kind: Kind, problem: Problem): problem is Extract<Problem, { kind: Kind }> {
  return problem.kind === kind;
}

function aboutPorts(faults: readonly PlaceFault[]): string | undefined {
  return faults.some(({ of }) => of === 'ovs') ? 'not every database of Open vSwitch answers' : undefined;
}

// A fault of a record, of a DAN file or of a database says nothing about links.
function aboutLinks(faults: readonly PlaceFault[]): string | undefined {
  return faults.some(isAboutLinks) ? 'not all links could be read' : undefined;
}

function links(names: readonly string[]): string {
  return `the link${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}
