import type { Command, Option } from '../../command/command.ts';

const root: Option = {
  name: 'root',
  value: { name: 'DIRECTORY', kind: 'directory' },
  help: 'where the node’s file system is mounted, as in a container that sets the node up',
};
const dryRun: Option = { name: 'dry-run', help: 'prints what would be done and why, and does nothing' };
const json: Option = { name: 'json', help: 'prints the plan as JSON' };
const wait: Option = {
  name: 'wait',
  help: 'stays when all is done, until SIGTERM, SIGINT or SIGHUP comes, and then ends with 0',
};

/** `dan install`. */
export const installCommand: Command = {
  name: 'install',
  summary: 'installs dan on this node: the plugin, a network configuration, and the setting that Kata needs',
  description: [
    'It puts the running executable into the directory of CNI plugins, a network configuration into the directory that ' +
      'only containerd’s Kata handlers use (cni_conf_dir), and a drop-in with dan_conf beside each Kata configuration in ' +
      'force that lacks it. Every file is filled under another name and then renamed, so nobody ever sees half a file. ' +
      'What is already there stays as it is.',
    'A directory of network configurations that other pods use is refused: CNI does not know a pod’s RuntimeClass, and a ' +
      'pod that is not Kata’s gets no network from dan. The command never changes containerd’s own configuration; it ' +
      'prints what is missing there.',
    'A network configuration that needs the node’s own address has NODE_ADDRESS in its place, so that one text serves all ' +
      'nodes; --node-address fills it in. A text without NODE_ADDRESS is installed as it is.',
    '/var/lib/dan/installed.json records what was installed, and "dan uninstall" takes it back.',
  ],
  arguments: [],
  options: [
    {
      name: 'config',
      value: { name: 'NAME|FILE', kind: 'file' },
      help: 'a ready configuration of cni-conf, like host-tap, or a file, like ./my.conflist',
    },
    {
      name: 'conf-dir',
      value: { name: 'DIRECTORY', kind: 'directory' },
      help: 'where the configuration goes, if dan cannot find the directory',
    },
    { name: 'shared', help: 'uses that directory even if other pods use it, or it holds other files' },
    {
      name: 'node-address',
      value: { name: 'ADDRESS', kind: 'text' },
      help: 'the node’s own IP address, which replaces NODE_ADDRESS in the configuration',
    },
    {
      name: 'bin-dir',
      value: { name: 'DIRECTORY', kind: 'directory' },
      help: 'where the plugin goes, instead of containerd’s bin_dir',
    },
    {
      name: 'kata-config',
      value: { name: 'FILE', kind: 'file' },
      help: 'the Kata configuration.toml that is used, if dan cannot find it',
    },
    root,
    dryRun,
    json,
    wait,
  ],
  examples: [
    { line: 'dan install --config host-tap --dry-run', what: 'shows what an installation would do' },
    {
      line: 'dan install --config host-tap --conf-dir /etc/cni/kata.d',
      what: 'installs, and prints what to add to containerd’s configuration',
    },
    { line: 'dan install', what: 'installs the plugin alone, for Multus, or updates it' },
    {
      line: 'dan install --root /host --config ./my.conflist',
      what: 'from a container, with a configuration of your own',
    },
    {
      line: 'dan install --config ./my.conflist --node-address 192.0.2.1',
      what: 'puts 192.0.2.1 where ./my.conflist has NODE_ADDRESS',
    },
    {
      line: 'dan install --root /host --config ./my.conflist --wait',
      what: 'installs and stays, as in the container of a DaemonSet',
    },
  ],
  load: async () => (await import('./install.ts')).install,
};

/** `dan uninstall`. */
export const uninstallCommand: Command = {
  name: 'uninstall',
  summary: 'takes back what "dan install" did on this node',
  description: [
    'It removes the files that "dan install" wrote and the directories that it made. A file that was changed since then is ' +
      'yours: it stays, and the command names it. While pods are attached nothing is removed, since nothing else could ' +
      'detach them.',
    'A directory that containerd watches stays, empty: containerd fails when it is removed.',
  ],
  arguments: [],
  options: [root, dryRun, json, wait],
  examples: [
    { line: 'dan uninstall --dry-run', what: 'shows what would be removed' },
    { line: 'dan uninstall', what: 'removes it' },
  ],
  load: async () => (await import('./install.ts')).uninstall,
};
