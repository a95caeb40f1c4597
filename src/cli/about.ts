import { supportedVersions } from '../protocol/version.ts';

/** The version of dan; a test holds package.json against it. */
export const version = '0.1.0';

/** What a plugin says that is started by hand: spec 1.1.0 leaves it open, and every well-known plugin does. */
export function about(): string {
  return `CNI plugin dan v${version}\nCNI protocol versions supported: ${supportedVersions.join(', ')}\n"dan --help" tells what it does for a person.\n`;
}
