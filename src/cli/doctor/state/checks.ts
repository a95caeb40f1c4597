import { directoryFaultText } from '../../../attach/directories.ts';
import type { PlaceFault } from '../../../attach/sightings/seen.ts';
import { placeFaultText } from '../../node-texts.ts';
import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { attachmentChecks } from './attachment-checks.ts';
import type { HeldLock } from '../../../node/locks.ts';

const checks: readonly Check<NodeFacts>[] = [
  {
    id: 'state-directory',
    fine: 'the directories of dan and of DAN files are root’s own',
    why: 'Somebody else could put a file there that Kata, as root, does what it says; ADD refuses such a directory.',
    look: ({ state: { files } }) =>
      files.unsafe.map(({ path, fault }) => {
        const { seen, cure = 'remove it, or name another directory' } = directoryFaultText(path, fault);
        return { severity: 'error', seen: `${path} ${seen}`, cure };
      }),
  },
  {
    id: 'state-mode',
    fine: 'nobody else can read or write them, nor what is in them',
    why: 'Addresses, MACs and paths of every pod are in these files; dan makes directories with 0700 and files with 0600.',
    look: ({ state: { files } }) =>
      files.open
        .filter(({ path }) => !files.unsafe.some((unsafe) => unsafe.path === path))
        .map(({ path, fault, mode }) => ({
          severity: 'warning',
          seen: `${path} ${fault}`,
          cure: `"chmod ${mode} ${path}"`,
        })),
  },
  {
    id: 'state-unreadable-file',
    fine: 'all DAN files can be read',
    why: 'Kata starts no sandbox with such a file, and ADD and DEL of that sandbox fail.',
    look: ({ state: { files } }) =>
      files.unreadableFiles.map(({ path, fault }) => ({
        severity: 'error',
        seen: `${path} ${fault}`,
        cure: `see whose it is. If no virtual machine of this sandbox runs: "rm ${path}", then the runtime’s DEL is tried again`,
      })),
  },
  {
    id: 'state-unreadable-record',
    fine: 'all records can be read',
    why: 'A record tells DEL what to remove; without it, DEL goes by names and marks, and what has none of ours stays.',
    look: ({ state: { files } }) =>
      files.unreadableRecords.map(({ path, fault }) => ({
        severity: 'warning',
        seen: `${path} ${fault}`,
        cure: `"dan list --orphans" shows what there is of it; stop its pod, and the DEL removes what it finds, or "rm ${path}"`,
      })),
  },
  {
    id: 'state-unseen',
    fine: 'everything that shows an attachment could be read',
    why: 'What could not be read may be in use, or left over: nobody knows.',
    look: (facts) =>
      unseen(facts).map((fault) => ({
        severity: 'warning',
        seen: fault,
        cure: 'see why, and ask again: what is said here of attachments may be incomplete',
      })),
  },
  {
    id: 'state-temporary',
    fine: 'no writer left half a file',
    why: 'dan was killed while it wrote. Nobody reads such a file.',
    look: ({ state: { files } }) =>
      files.temporary.map(({ path }) => ({
        severity: 'note',
        seen: `${path} is left of a writer that was killed`,
        cure: `a GC of a network with this directory removes it, and so does "rm ${path}"`,
      })),
  },
  {
    id: 'state-lock',
    fine: 'no lock is held for long',
    why: 'ADD and DEL of the sandboxes with this lock wait for it, and fail after a minute.',
    unasked: ({ state: { locks } }) => (locks === undefined ? 'only files are looked at' : undefined),
    look: ({ state: { locks = [] } }) => locks.flatMap(heldForLong),
  },
  ...attachmentChecks,
];

/** Whether what dan has left on the node agrees, and can be used. It is root's alone, so nobody else is told anything. */
export const stateChecks: readonly Check<NodeFacts>[] = checks.map((check) => ({
  ...check,
  unasked: (facts) => unaskedOf(facts.kernel) ?? check.unasked?.(facts),
}));

function unaskedOf({ user }: NodeFacts['kernel']): string | undefined {
  return user === undefined || user === 0 ? undefined : 'only root can see it';
}

/** Seconds that others wait for a lock. */
const patience = 60;

function heldForLong({ path, holder }: HeldLock): readonly Observation[] {
  if (holder === undefined || holder.seconds <= patience) return [];
  const { pid, seconds, command } = holder;
  return [
    {
      severity: 'error',
      seen: `the lock ${path} is held by process ${pid}, which runs for ${seconds} s: ${command}`,
      cure:
        `see what it waits for ("ps -o pid,stat,wchan:32,etime,args -p ${pid}", and its children); "kill ${pid}" ends ` +
        'it: an ADD takes everything back, and the lock goes with the last process that has it',
    },
  ];
}

// What another check tells is not told again. What both inventory and files could not read is told once.
function unseen(facts: NodeFacts): readonly string[] {
  const { files, inventory } = facts.state;
  const places = (inventory?.faults ?? []).filter((fault) => !isTold(fault, facts)).map(placeFaultText);
  const told = [...files.unreadableFiles, ...files.unreadableRecords].map(({ path }) => path);
  const paths = files.faults.filter(({ path }) => !told.includes(path)).map(({ fault }) => fault);
  return [...new Set([...places, ...paths])];
}

function isTold(fault: PlaceFault, { state: { files }, ovs }: NodeFacts): boolean {
  switch (fault.of) {
    case 'record':
      return files.unreadableRecords.some(({ path }) => path === fault.file);
    case 'dan-file':
      return files.unreadableFiles.some(({ path }) => path === fault.file);
    case 'ovs':
      return ovs.switches.some(({ database, view }) => database === fault.database && typeof view === 'string');
    case 'records':
    case 'dan-directory':
    case 'namespaces':
    case 'links':
      return false;
    default:
      return fault satisfies never;
  }
}
