import { nameOf, socketOf } from '../../kinds/kinds.ts';
import { danError } from '../../model/error.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { type AttachmentRecord, readRecords } from '../record.ts';

/** Refuses a socket that another attachment than the one of that name has. Throws `socket-path-unusable`. */
export function refuseSocketOfAnother(path: string, name: InterfaceName): void {
  const other = readRecords().find(({ device }) => nameOf(device) !== name && socketOf(device) === path);
  if (other !== undefined) throw socketOfAnother(path, other);
}

function socketOfAnother(path: string, { sandbox, ifname, network }: AttachmentRecord): Error {
  return danError(
    'socket-path-unusable',
    `the vhost-user socket ${path} is that of sandbox ${sandbox} ("${ifname}" of network "${network}"): leave ` +
      '"socketPath" out, and every attachment gets one of its own',
  );
}
