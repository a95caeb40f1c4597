import { protocolError } from './error.ts';

/** The CNI spec versions that dan speaks, oldest first. 0.1.0 and 0.2.0 cannot carry an interface list. */
export const supportedVersions = ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;

/** One of the supported CNI spec versions. */
export type CniVersion = (typeof supportedVersions)[number];

/** The newest supported version. It is used if the caller's version is unknown. */
export const newestVersion: CniVersion = '1.1.0';

/**
 * The `cniVersion` of a network configuration. A missing one means 0.1.0 (spec, section "Configuration format").
 * Throws `incompatible-version` for one that is not supported.
 */
export function parseVersion(value: unknown): CniVersion {
  const asked = value ?? '0.1.0';
  const version = supportedVersion(asked);
  if (version !== undefined) return version;
  throw protocolError(
    'incompatible-version',
    `cniVersion ${JSON.stringify(asked)} is not supported: dan speaks ${supportedVersions.join(', ')}; ` +
      `set "cniVersion" in the network configuration to one of them`,
  );
}

/** The `cniVersion` of a network configuration, or the newest version if it is missing or not supported. */
export function versionOrNewest(value: unknown): CniVersion {
  return supportedVersion(value) ?? newestVersion;
}

function supportedVersion(value: unknown): CniVersion | undefined {
  return supportedVersions.find((supported) => supported === value);
}

/** Whether `version` is `minimum` or newer. */
export function isAtLeast(version: CniVersion, minimum: CniVersion): boolean {
  return supportedVersions.indexOf(version) >= supportedVersions.indexOf(minimum);
}
