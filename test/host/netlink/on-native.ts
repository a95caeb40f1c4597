import { text, utf8 } from '#bytes';
import { system } from '#system';
import { readAll, writeAll } from '../../../src/host/files.ts';
import { answer, type Asked } from './codec.ts';

// Bundled for the executable's host, it reads operations and messages of the kernel as JSON, and prints the messages that
// become of the ones and what is read of the others.

system.onStart(() => {
  const asked = JSON.parse(text(readAll(0, 64 * 1024 * 1024))) as Asked;
  writeAll(1, utf8(JSON.stringify(answer(asked))));
  system.exit(0);
});
