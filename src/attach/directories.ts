import { join } from 'node:path';

/** Where dan keeps what it must know again: a memory file system, since none of it outlives the node's links. */
const run = '/run/dan';

/** One record for each attachment, named as its link. */
export const recordDirectory = join(run, 'attachments');

/** Lock files. */
export const lockDirectory = join(run, 'locks');

/** Where Kata's own configuration template has `dan_conf`. */
export const defaultDanConf = '/run/kata-containers/dans';
