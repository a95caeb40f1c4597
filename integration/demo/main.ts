import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { Host } from '../harness/host.ts';
import { attachOnePod } from './attach-one-pod.ts';
import { tell } from './story.ts';

const withGuest = !process.argv.includes('--no-vm');

if (process.getuid?.() !== 0) {
  console.error('The demo makes network namespaces and a tap: run it as root.');
  process.exit(1);
}

const prepare = fileURLToPath(new URL('../prepare.mjs', import.meta.url));
execaSync(process.execPath, [prepare, 'network', ...(withGuest ? ['guest'] : [])], { stdio: 'inherit' });

const host = await Host.create();
try {
  await attachOnePod(host, tell(console.log), withGuest);
  console.log('\nThat was it: everything above happened in namespaces of its own, which are gone now.');
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await host[Symbol.asyncDispose]();
}
