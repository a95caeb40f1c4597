import type { DeviceKind, RecordedKind } from './kind.ts';

// The defaults of a kind that lacks something. A kind names each group that it lacks, so that a new kind does not
// forget any.

const none = (): undefined => undefined;
const noneOf = (): readonly never[] => [];

/** For a device that is not connected to a switch. */
export const withoutSwitch = {
  port: none,
  bridge: none,
  vlanPort: none,
  vlanFaults: noneOf,
} as const satisfies Partial<RecordedKind<unknown>>;

/** For a device that takes no frames from a link in the pod. */
export const withoutMaster = {
  master: none,
  takes: none,
  masterFaults: noneOf,
  redirects: noneOf,
  hops: noneOf,
  keepsMaster: () => true,
  unfit: noneOf,
} as const satisfies Partial<DeviceKind<unknown, unknown>>;

/** For a device without a socket. */
export const withoutSocket = {
  socket: none,
} as const satisfies Partial<RecordedKind<unknown>>;

/** For a device that cannot be plugged into a running virtual machine. */
export const withoutPluggable = { pluggable: none } as const satisfies Partial<RecordedKind<unknown>>;

/** For a device that needs nothing besides links and ports. */
export const withoutFiles = { files: noneOf, makes: noneOf } as const satisfies Partial<RecordedKind<unknown>>;

/** For a device without a PCI function. */
export const withoutFunction = { function: none, functionFaults: noneOf } as const satisfies Partial<
  RecordedKind<unknown>
>;

/** For a device without rate limits. */
export const withoutShaping = { shapers: noneOf } as const satisfies Partial<RecordedKind<unknown>>;

/** For a device without links of dan's own. */
export const withoutLinks = {
  linkKinds: [],
  tap: none,
  links: noneOf,
  counting: none,
  madeLinks: noneOf,
  faults: noneOf,
  label: () => 'tap',
} as const satisfies Partial<RecordedKind<unknown>>;
