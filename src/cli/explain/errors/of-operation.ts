import type { DanErrorName } from '../../../model/error.ts';
import type { Explanation } from '../explanation.ts';

/** The errors of programs, files and attachments, of whatever device. */
export const operationExplanations = {
  interrupted: {
    meaning: 'ADD was told to end before it was done. Everything was taken back.',
    cause: 'It got SIGTERM, SIGINT or SIGHUP: the runtime was stopped, or did not want to wait any longer.',
    cure: 'the runtime tries again.',
  },
  'attachment-exists': {
    meaning: 'The same network is attached to the same sandbox under the same interface name. Nothing was changed.',
    cause: 'A runtime called ADD twice without a DEL, or a record of a sandbox of the same id was left behind.',
    cure: 'DEL it first; `dan list --orphans` shows the command where the sandbox is gone.',
  },
  'dan-file-unreadable': {
    meaning: 'The sandbox’s file exists and is no DAN document. It was not touched.',
    cause: 'Somebody else wrote or edited it.',
    cure:
      'find out who wrote it; `dan validate FILE` says what is wrong with it. If no virtual machine of the sandbox runs, ' +
      'remove it.',
  },
  'kata-config-unusable': {
    meaning: 'Where the DAN file must go cannot be told from Kata’s configuration.',
    cause:
      '`kataConfig` does not exist, is not TOML, has a `dan_conf` that is not an absolute path, or has none: Kata has no ' +
      'default in its code, and such a runtime finds no file.',
    cure: 'correct it; if a drop-in file sets `dan_conf`, say `danConf` in the network configuration instead.',
  },
  'ipam-plugin-missing': {
    meaning: 'Nobody can be asked for addresses.',
    cause: 'The IPAM plugin is in none of the directories of `CNI_PATH`.',
    cure: 'install it there, or correct `ipam.type`.',
  },
  'ipam-plugin-failed': {
    meaning: 'The IPAM plugin gave no addresses that a guest could have.',
    cause:
      'It ended without a CNI error, or with a result that makes no sense. A CNI error of the plugin’s own is passed on ' +
      'with the plugin’s code and the name `ipam-plugin-error`.',
    cure: 'see `details`; run the plugin by hand.',
  },
  'command-missing': {
    meaning: 'A program that `dan` runs is not on the node.',
    cause: 'The node’s image is a small one, or the program is in a directory that is not root’s usual.',
    cure: 'install the package that the message names.',
  },
  'command-failed': {
    meaning:
      'The kernel refused a change, or a program failed: `ovs-vsctl`, or one like `ip`, `tc` or `nsenter`, which the program ' +
      'for Node runs. The message has what it said. What was done is taken back.',
    cause:
      'A module is missing, a limit is reached, or what was there a moment ago has gone. A program may ' +
      'also be too old for an option.',
    cure: 'depends on what it said; `dan doctor` tries what the kernel must be able to do, and `dmesg` often says more.',
  },
  'command-timeout': {
    meaning: 'A program did not end in time and was killed, or the kernel took longer for its part.',
    cause: 'The node is overloaded, or a driver, a disk or the switch hangs.',
    cure: 'see why it hangs, or raise `commandTimeout`.',
  },
  'check-failed': {
    meaning: 'CHECK: the attachment is not as ADD left it; every difference is named.',
    cause:
      'Somebody changed or deleted a link, the file or a port: an administrator, another plugin, NetworkManager, a restart of the switch.',
    cure: 'restart the pod; `dan show SANDBOX` shows the parts side by side.',
  },
  'sandbox-runs': {
    meaning:
      'The sandbox runs, and Kata reads the DAN file when a sandbox starts: a change would have no effect. Nothing was written.',
    cause:
      '`dan kata-network` was called after the start, or Kata’s directory of a sandbox that has ended was left behind.',
    cure: 'add interfaces and routes before the sandbox starts; if it has ended, remove the directory that the message names.',
  },
  'not-found': {
    meaning: 'What `dan kata-network` is to change is not there.',
    cause:
      'No sandbox, interface or route is what was named, or it was not added by `dan kata-network`: what CNI added is CNI’s. ' +
      'Or several sandboxes have ids that begin with what was given.',
    cure: '`dan kata-network list-ifaces SANDBOX` and `list-routes` show what there is; give more of the id.',
  },
  'directory-unsafe': {
    meaning: 'A directory that `dan` is to write to is not root’s alone. Nothing was touched.',
    cause:
      'It is a symbolic link, belongs to somebody else than root, or can be written to by others: whoever that is could ' +
      'lead root’s writes elsewhere.',
    cure: 'as the message says: `chown root`, `chmod go-w`, or the directory that the link leads to.',
  },
} as const satisfies Partial<Record<DanErrorName, Explanation>>;
