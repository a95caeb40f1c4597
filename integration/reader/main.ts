// Stands in for Kata's shim: boots a guest from a DAN file and keeps it running until SIGTERM. It is started inside a
// host's namespaces: node main.ts <DAN file> <directory for sockets>
import process from 'node:process';
import { OwnMachine } from '../guest/machine.ts';
import { bootFromFile } from './boot-from-file.ts';

const [file, directory] = process.argv.slice(2);
try {
  if (file === undefined || directory === undefined)
    throw new Error('usage: main.ts <DAN file> <directory for sockets>');
  const stopped = new Promise((resolve) => {
    // The handler stays registered: execa ends the process if nothing else handles the signal.
    process.on('SIGTERM', () => {
      resolve('stopped');
    });
  });
  const guest = await bootFromFile({ host: new OwnMachine(directory), file, directory });
  // The guest's shell serves one client at a time, so this leaves it to others.
  guest.shell[Symbol.dispose]();
  process.stdout.write('ready\n');
  const reason = await Promise.race([stopped, guest.ended.then(() => 'ended')]);
  await guest[Symbol.asyncDispose]();
  if (reason === 'ended') throw new Error(`the guest of ${file} ended by itself`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
