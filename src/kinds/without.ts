import type { DeviceKind, RecordedKind } from './kind.ts';

// What a kind says that has nothing of a sort. A kind names each sort that it has nothing of, so that a new one forgets none.

const none = (): undefined => undefined;
const noneOf = (): readonly never[] => [];

/** A device that is connected to no switch. */
export const withoutSwitch = {
  port: none,
  bridge: none,
  vlanPort: none,
  vlanFaults: noneOf,
} as const satisfies Partial<RecordedKind<unknown>>;

/** A device that takes no frames from a link in the pod. */
export const withoutMaster = {
  master: none,
  takes: none,
  masterFaults: noneOf,
  redirects: noneOf,
  hops: noneOf,
  keepsMaster: () => true,
  unfit: noneOf,
} as const satisfies Partial<DeviceKind<unknown, unknown>>;

/** A device without a socket. */
export const withoutSocket = {
  socket: none,
} as const satisfies Partial<RecordedKind<unknown>>;

/** A device of which a virtual machine that runs already can be given nothing. */
export const withoutPluggable = { pluggable: none } as const satisfies Partial<RecordedKind<unknown>>;

/** A device of which nothing is made beside links and ports. */
export const withoutFiles = { files: noneOf, makes: noneOf } as const satisfies Partial<RecordedKind<unknown>>;

/** A device without a PCI function. */
export const withoutFunction = { function: none, functionFaults: noneOf } as const satisfies Partial<
  RecordedKind<unknown>
>;

/** A device without limits of its rates. */
export const withoutShaping = { shapers: noneOf } as const satisfies Partial<RecordedKind<unknown>>;

/** A device without links that are dan's own. */
export const withoutLinks = {
  linkKinds: [],
  tap: none,
  links: noneOf,
  counting: none,
  madeLinks: noneOf,
  faults: noneOf,
  label: () => 'tap',
} as const satisfies Partial<RecordedKind<unknown>>;
