import { addressedText, hiddenLinkCure } from '../../../attach/hidden-links.ts';
import type { PlaceFault } from '../../../attach/sightings/seen.ts';
import { isAboutLinks, isUnsure, type Problem, problemsOf } from '../../../node/attachments/problems.ts';
import { removal } from '../../del-command.ts';
import { type Check, type CheckId, checksUnless, warning } from '../check.ts';
import type { StateView } from '../facts/state.ts';
import { hiddenFromUser } from './state-files.ts';

const restart = 'restart it';
const leave = 'leave it: DEL finds this by names and marks when the pod ends';
const notRead = 'leave it: Kata reads the entry only when it starts';

/** Whether records, devices and entries agree. */
export const attachmentChecks = checksUnless<StateView>(hiddenFromUser, [
  toCheck('state-missing-link', 'missing-links', restart, aboutLinks),
  toCheck('state-missing-port', 'missing-port', restart, aboutPorts),
  toCheck('state-missing-entry', 'missing-entry', notRead),
  toCheck('state-hidden-link', 'hidden-links', `${hiddenLinkCure}; then restart it`, aboutLinks),
  toCheck('state-orphan-link', 'orphan-links', leave, aboutLinks),
  toCheck('state-orphan-entry', 'orphan-entry', leave),
  toCheck('state-orphan-port', 'orphan-port', leave, aboutPorts),
]);

// `running` says what to do if the pod runs. `hindrance` returns why nothing can be said, given what could not be read.
function toCheck(
  id: CheckId,
  kind: Problem['kind'],
  running: string,
  hindrance?: (faults: readonly PlaceFault[]) => string | undefined,
): Check<StateView> {
  return {
    id,
    unasked: ({ state: { inventory } }) =>
      inventory === undefined ? 'only files are looked at' : hindrance?.(inventory.faults),
    *look({ state, cni }) {
      const { items, faults } = state.inventory ?? { items: [], faults: [] };
      for (const item of items) {
        const { network, sandbox, ifname } = item.identity;
        for (const problem of problemsOf(item)) {
          if (problem.kind !== kind || isUnsure(problem, faults)) continue;
          yield warning(
            `${ifname} of sandbox ${sandbox} in network "${network}": ${problemText(problem)}`,
            `check whether the pod runs, with "crictl inspectp ${sandbox}". If it does, ${running}. If it does not, ` +
              removal(item, cni),
          );
        }
      }
    },
  };
}

// The end of a sentence that begins with the attachment.
function problemText(problem: Problem): string {
  switch (problem.kind) {
    case 'missing-links':
      return `${links(problem.names)} ${problem.names.length === 1 ? 'is' : 'are'} gone`;
    case 'missing-port':
      return `its port ${problem.name} in the Open vSwitch at ${problem.database} is gone`;
    case 'missing-entry':
      return `its entry in ${problem.file} is gone`;
    case 'hidden-links':
      return `the guest does not have ${problem.links.map(addressedText).join(', nor ')}`;
    case 'orphan-links':
      return `${links(problem.links.map(({ name, netns }) => (netns === undefined ? name : `${name} in ${netns}`)))} has no record`;
    case 'orphan-entry':
      return `the entry in ${problem.file} has no record`;
    case 'orphan-port':
      return `the port ${problem.name} in the Open vSwitch at ${problem.database} has no record`;
    default:
      return problem satisfies never;
  }
}

function aboutPorts(faults: readonly PlaceFault[]): string | undefined {
  return faults.some(({ of }) => of === 'ovs') ? 'not every database of Open vSwitch answers' : undefined;
}

// A fault of a record, of a DAN file or of a database does not concern links.
function aboutLinks(faults: readonly PlaceFault[]): string | undefined {
  return faults.some(isAboutLinks) ? 'not all links could be read' : undefined;
}

function links(names: readonly string[]): string {
  return `the link${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}
