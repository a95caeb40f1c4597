import { hex, utf8 } from '#bytes';
import { system } from '#system';
import { closing, onFile, removeIfThere, writeAll } from '../../host/files.ts';

/**
 * Writes a file for node_exporter's textfile collector in one piece, because the collector reads every file whose name
 * ends in `.prom`. Everyone may read the file, because the collector has a user of its own. The directory may belong to
 * that user, so nothing in it is followed or reused. Throws `io-failure`.
 */
export function writeTextfile(path: string, text: string): void {
  const beside = `${path}.${hex(system.randomBytes(8))}.tmp`;
  onFile(`${path} cannot be written`, () => {
    const file = system.open(beside, 'wx', 0o600);
    try {
      closing(file, () => {
        writeAll(file, utf8(text));
        system.fchmod(file, 0o644);
      });
      system.rename(beside, path);
    } catch (error) {
      removeIfThere(beside);
      throw error;
    }
  });
}
