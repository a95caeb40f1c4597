/**
 * Where Kata's runtimes have a directory for each sandbox, from its start to its end: the Go runtime (`fs` of
 * virtcontainers/persist), then the Rust runtime (`KATA_PATH` of kata-types).
 */
export const sandboxDirectories = ['/run/vc/sbs', '/run/kata'] as const;
