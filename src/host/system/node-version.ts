import { writeSync } from 'node:fs';
import { danError } from '../../model/error.ts';
import { newestVersion } from '../../protocol/version.ts';

// The program for Node imports this first, so it is evaluated first. On an older Node, later modules fail with an error
// that does not mention the version.

/** The first version that has everything the program uses, the same as in package.json ("engines"). */
const needed = [22, 3] as const;

if (isOlder(process.versions.node)) {
  const { message, code, name } = danError(
    'command-missing',
    `dan.mjs needs Node ${needed.join('.')} or later, and this is Node ${process.versions.node}: install a newer Node, or use ` +
      'the executable dan, which needs none',
  );
  const isCall = (process.env['CNI_COMMAND'] ?? '') !== '';
  const msg = `${message} [${name}]`;
  const answer = isCall ? JSON.stringify({ cniVersion: newestVersion, code, msg }) : `dan: ${msg}`;
  try {
    writeSync(isCall ? 1 : 2, `${answer}\n`);
  } finally {
    process.exit(1);
  }
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < needed[0] || (major === needed[0] && minor < needed[1]);
}
