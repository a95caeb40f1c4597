/** Whether libcni takes a name in a `conf_dir` for a network configuration: it goes by the last extension alone. */
export function isNetworkFile(name: string): boolean {
  return /\.(conf|conflist|json)$/.test(name);
}
