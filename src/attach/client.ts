// What the core offers to a client other than CNI: it looks at the node, and claims, records, makes, undoes and removes
// an attachment by the rules of ADD and DEL. The core knows nothing about its clients: what a client keeps for itself
// is in a record's `clientData`.
export { planRoutes } from './add/addressing.ts';
export { claimContested, type Contest, contestsOf, ownerText, recordsOfOthers } from './add/claim.ts';
export { lookAtNode } from './add/examine.ts';
export { publish, refuseAttached, refuseNewFaults, refuseRecorded } from './add/sandbox-file.ts';
export { attemptAll, Undo } from './attempts.ts';
export { remainsBy, remainsOf, removeDevice } from './del/remove-device.ts';
export { defaultDanConf, lockDirectory, refuseUnsafeDirectories } from './directories.ts';
export {
  type AttachmentRecord,
  lookAtRecord,
  readRecords,
  recordPath,
  removeRecord,
  writeRecord,
} from './record.ts';
export { guestKeeps, notPluggable, runningOf } from './running.ts';
export type { Running } from '../hotplug/running.ts';
export {
  type Guest,
  inGuest,
  plugIn,
  plugOf,
  reachGuest,
  refuseTakenIn,
  setUpAgain,
  unplugRecorded,
} from './plugging.ts';
export { danConfIn, readKataConfig } from './settings.ts';
export { makeFiles } from './take-over.ts';
