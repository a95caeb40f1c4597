import { type Undo, writeRecord } from '../attach/client.ts';
import type { DanEntry } from '../dan/document.ts';
import { changeEntries } from '../dan/store.ts';
import type { JsonObject } from '../json/object.ts';
import { type FileRoute, withRoutes } from './file-routes.ts';
import type { AddedInterface } from './interfaces.ts';

/** An interface with the routes that it is to have. */
export interface ChangedRoutes {
  readonly interface: AddedInterface;
  readonly routes: readonly FileRoute[];
}

/**
 * Gives interfaces of one sandbox other routes. The file alone says which routes there are: a record has only how they
 * were written, so it is written while it knows more than it needs to, before routes come and after they go.
 */
export function changeRoutes(changed: readonly ChangedRoutes[], kind: 'add' | 'remove', undo: Undo): void {
  const records = (): void => {
    for (const one of changed) writeRoutes(one, undo);
  };
  if (kind === 'add') records();
  for (const file of new Set(changed.map((one) => one.interface.file))) {
    const inFile = changed.filter((one) => one.interface.file === file);
    undo.add(`put the routes of ${file} back`, () => {
      changeEntries(file, inFile.map(before));
    });
    changeEntries(file, inFile.map(after));
  }
  if (kind === 'remove') records();
}

function writeRoutes(changed: ChangedRoutes, undo: Undo): void {
  const { record } = changed.interface;
  undo.add(`write the record of "${record.ifname}" as it was`, () => {
    writeRecord(record);
  });
  const clientData = { ...record.clientData, routes: changed.routes.map((route) => route.given) };
  // Whatever somebody edited in an entry of ours stays as it is.
  writeRecord({ ...record, clientData, entry: after(changed).entry as unknown as DanEntry });
}

interface OwnEntry {
  readonly network: string;
  readonly ifname: string;
  readonly entry: JsonObject;
}

function before({ interface: { record, entry } }: ChangedRoutes): OwnEntry {
  return { network: record.network, ifname: record.ifname, entry };
}

function after({ interface: { record, entry }, routes }: ChangedRoutes): OwnEntry {
  const { network, ifname } = record;
  return {
    network,
    ifname,
    entry: withRoutes(
      entry,
      routes.map(({ route }) => route),
    ),
  };
}
