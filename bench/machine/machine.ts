import { cpus, release, totalmem } from 'node:os';
import { execa } from 'execa';
import type { Machine } from '../report/result.ts';

const debianPackages = ['containernetworking-plugins', 'iproute2'];

/** Describes the machine, with the versions of the measured programs. */
export async function thisMachine(): Promise<Machine> {
  const query = ['-W', '-f', '${Package} ${Version}\n', ...debianPackages];
  const { stdout } = await execa('dpkg-query', query, { reject: false });
  const versions = stdout.split('\n').map((line) => line.split(' '));
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    kernel: release(),
    versions: Object.fromEntries(versions.map(([name = '', version = '']) => [name, version])),
  };
}
