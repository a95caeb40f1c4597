import { text, utf8 } from '#bytes';
import { system } from '#system';
import { readAll, writeAll } from '../../../src/host/files.ts';
import { answer, type Asked } from './codec.ts';

// Bundled for the executable's host. It reads operations and kernel messages as JSON, and prints the encoded operations
// and the decoded messages.

system.onStart(() => {
  const asked = JSON.parse(text(readAll(0, 64 * 1024 * 1024))) as Asked;
  writeAll(1, utf8(JSON.stringify(answer(asked))));
  system.exit(0);
});
