import { like, maybe, one, type Shape, whole } from '../json/shape.ts';
import type { DerivedNames } from '../model/identity.ts';
import { type Door, doorKinds, type PluggedNic } from '../monitor/monitor.ts';
import { areValidIds } from '../protocol/environment.ts';

/** The record's part about an interface that is plugged into a running sandbox. It is written before the card is. */
export interface RecordedPlug extends Pick<PluggedNic, 'id'>, Partial<Omit<PluggedNic, 'id'>> {
  /** The sandbox whose virtual machine got the card. The attachment's own id may be that of a container in it. */
  readonly sandbox: string;
  readonly door: Door;
}

/** The name of an attachment's card in the monitor, which is the same on every retry. */
export function cardId({ link }: Pick<DerivedNames, 'link'>): string {
  return `dan-${link.slice('dan'.length)}`;
}

/** The card as the monitor reported it; undefined if it was not plugged in yet when the record was written. */
export function pluggedNic({ id, bus, slot, devicePath }: RecordedPlug): PluggedNic | undefined {
  if (slot === undefined || devicePath === undefined) return undefined;
  return { id, slot, devicePath, ...(bus === undefined ? {} : { bus }) };
}

/** The checks of this part of a record: dan opens the socket, and the rest goes into commands of the monitor. */
export function recordedPlug(names: Pick<DerivedNames, 'link'>): Shape {
  return {
    sandbox: (id) => typeof id === 'string' && areValidIds(id, 'eth0'),
    door: like({ kind: one(...doorKinds), socket: isSocketPath }),
    id: one(cardId(names)),
    bus: maybe((bus) => typeof bus === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(bus)),
    slot: maybe(whole(0, 31)),
    devicePath: maybe((path) => typeof path === 'string' && /^[0-9a-f]{2}(\/[0-9a-f]{2}){0,7}$/.test(path)),
  };
}

function isSocketPath(path: unknown): boolean {
  return typeof path === 'string' && /^\/[^\0]{1,4095}$/.test(path) && !path.split('/').includes('..');
}
