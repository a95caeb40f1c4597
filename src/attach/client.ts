// What the core offers to a client that is not CNI: to look at the node, to claim, to write down, to make, to take back and to
// remove an attachment, by the rules that ADD and DEL go by. The core knows no client: what one keeps of its own is a
// record's `clientData`.
export { type GuestAddress, planRoutes, refuseIpv6BelowMinimum } from './add/addressing.ts';
export { claim, type Contest, contestsOf, ownerText, recordsOfOthers } from './add/claim.ts';
export { publish } from './add/entry.ts';
export { lookAtNode } from './add/node-view.ts';
export { refuseAttached, refuseDuplicates } from './add/sandbox-file.ts';
export { Undo } from './add/undo.ts';
export { attemptAll } from './del/attempts.ts';
export { claimOf, claimWithoutRecord, removeDevice } from './del/remove-device.ts';
export { defaultDanConf, lockDirectory, refuseUnsafeDirectories } from './directories.ts';
export { type AttachmentRecord, readRecord, readRecords, recordPath, removeRecord, writeRecord } from './record.ts';
export { danConfIn, readKataConfig } from './settings.ts';
export { makeFiles } from './take-over.ts';
