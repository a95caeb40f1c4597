// What the core offers to a client that is not CNI: to look at the node, to claim, to write down, to make, to take back and to
// remove an attachment, by the rules that ADD and DEL go by. The core knows no client: what one keeps of its own is a
// record's `clientData`.
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
