import { recordDirectory } from '../../../attach/directories.ts';
import type { PlaceFault } from '../../../attach/sightings/seen.ts';
import { directoryFaultText } from '../../../host/directory-fault.ts';
import { placeFaultText } from '../../node-texts.ts';
import { checksUnless, error, note, warning } from '../check.ts';
import type { StateView } from '../facts/state.ts';

/** Seconds that other calls wait for a lock. */
const lockTimeoutSeconds = 60;

/** Whether dan's directories, files and locks are in order. */
export const stateFileChecks = checksUnless<StateView>(hiddenFromUser, [
  {
    id: 'state-directory',
    *look({ state: { files } }) {
      for (const { path, fault } of files.unsafe) {
        const { seen, cure = 'remove it, or name another directory' } = directoryFaultText(path, fault);
        yield error(`${path} ${seen}`, cure);
      }
    },
  },
  {
    id: 'state-mode',
    *look({ state: { files } }) {
      for (const { path, mode, wanted } of files.open) {
        if (files.unsafe.some((unsafe) => unsafe.path === path)) continue;
        const octal = mode.toString(8).padStart(4, '0');
        yield warning(`${path} has the mode ${octal} instead of ${wanted}`, `"chmod ${wanted} ${path}"`);
      }
    },
  },
  {
    id: 'state-unreadable-file',
    *look({ state: { files } }) {
      for (const { path, fault } of files.unreadableFiles) {
        const cure = `find out whose it is. If no virtual machine of this sandbox runs, "rm ${path}"; the runtime then repeats DEL`;
        yield error(`${path} ${fault}`, cure);
      }
    },
  },
  {
    id: 'state-unreadable-record',
    *look({ state: { files } }) {
      for (const { path, fault } of files.unreadableRecords) {
        const cure = `"dan list --orphans" shows what is left of it. Stop its pod: DEL then removes what it finds. Or "rm ${path}"`;
        yield warning(`${path} ${fault}`, cure);
      }
    },
  },
  {
    id: 'state-unseen',
    *look(facts) {
      const cure = 'find the cause, and run dan doctor again: what it says here about attachments may be incomplete';
      for (const fault of unseen(facts)) yield warning(fault, cure);
    },
  },
  {
    id: 'state-temporary',
    *look({ state: { files } }) {
      for (const { path } of files.temporary) {
        const cure = `a GC of a network with this directory removes it, and so does "rm ${path}"`;
        yield note(`${path} was left by a writer that was killed`, cure);
      }
    },
  },
  {
    id: 'state-lock',
    unasked: ({ state: { locks } }) => (locks === undefined ? 'only files are looked at' : undefined),
    *look({ state: { locks = [] } }) {
      for (const { path, holder } of locks) {
        if (holder === undefined || holder.seconds <= lockTimeoutSeconds) continue;
        const { pid, seconds, command } = holder;
        yield error(
          `the lock ${path} is held by process ${pid}, which has been running for ${seconds} s: ${command}`,
          `find out what it waits for ("ps -o pid,stat,wchan:32,etime,args -p ${pid}", and its children). "kill ${pid}" ends ` +
            'it: an ADD undoes everything, and the lock is free once the last process that holds it has ended',
        );
      }
    },
  },
]);

/** Why questions about files that only root can read do not apply; undefined if they do. */
export function hiddenFromUser({ kernel: { user } }: StateView): string | undefined {
  return user === undefined || user === 0 ? undefined : 'only root can see it';
}

// Leaves out what another check reports, and reports only once what neither the inventory nor the files could read.
function unseen(facts: StateView): readonly string[] {
  const { files, inventory } = facts.state;
  const places = (inventory?.faults ?? []).filter((fault) => !isReported(fault, facts)).map(placeFaultText);
  const reported = [...files.unreadableFiles, ...files.unreadableRecords].map(({ path }) => path);
  return [...places, ...files.faults.filter(({ path }) => !reported.includes(path)).map(({ fault }) => fault)];
}

function isReported(fault: PlaceFault, { state: { files }, ovs }: StateView): boolean {
  const place = fault.of === 'records' ? recordDirectory : fault.of === 'dan-directory' ? fault.directory : undefined;
  if (place !== undefined && files.unsafe.some(({ path }) => `${place}/`.startsWith(`${path}/`))) return true;
  if ('file' in fault) {
    return [...files.unreadableRecords, ...files.unreadableFiles].some(({ path }) => path === fault.file);
  }
  if (fault.of !== 'ovs') return false;
  return ovs.switches.some(({ database, view }) => database === fault.database && typeof view === 'string');
}
