import { adoptedTap } from './adopted-tap.ts';
import { hostTap } from './host-tap.ts';
import { macvtap } from './macvtap.ts';
import { tcfilter } from './tcfilter.ts';
import { vfio } from './vfio.ts';
import { vhostUser } from './vhost-user.ts';

/** The kinds that a configuration may name in "device". */
export const kinds = {
  'host-tap': hostTap,
  'vhost-user': vhostUser,
  tcfilter,
  macvtap,
  vfio,
} as const;

/** The kinds that a record may have. */
export const recordedKinds = { ...kinds, 'adopted-tap': adoptedTap } as const;

/** The kind that a configuration without "device" has. */
export const defaultKind = 'host-tap';
