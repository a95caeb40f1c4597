import manifest from '../../package.json' with { type: 'json' };
import { supportedVersions } from '../protocol/version.ts';

/** The version of dan from package.json. The build embeds nothing else from that file. */
export const { version } = manifest;

/** What a plugin prints if it is started by hand. CNI 1.1.0 leaves it open; every well-known plugin prints this. */
export function about(): string {
  return `CNI plugin dan v${version}\nCNI protocol versions supported: ${supportedVersions.join(', ')}\n"dan --help" lists the commands for operators.\n`;
}
