import type { Command } from '../../command/command.ts';

/** `dan plan`. */
export const planCommand: Command = {
  name: 'plan',
  summary: 'shows what an ADD of a network configuration would do on this node, without doing it',
  description: [
    'It looks at the bridge, the switch, records and files as ADD does, and prints each command in order and the DAN file. ' +
      'It takes no lock and changes nothing. What ADD would refuse, it refuses with the same error.',
    'It does not call the IPAM plugin: the plugin’s addresses and the routes by them are not in the file that is shown.',
    'Without --netns, it assumes a pod and prints what it assumed.',
  ],
  arguments: [{ name: 'CONF', kind: 'file' }],
  options: [
    {
      name: 'sandbox',
      value: { name: 'ID', kind: 'text' },
      help: 'the sandbox’s id, from which names and MACs derive; "example" by default',
    },
    {
      name: 'ifname',
      value: { name: 'NAME', kind: 'text' },
      help: 'the interface’s name in the guest; eth0 by default',
    },
    { name: 'netns', value: { name: 'PATH', kind: 'file' }, help: 'the pod’s network namespace, whose links are read' },
    { name: 'json', help: 'prints the plan as JSON' },
  ],
  examples: [
    { line: 'dan plan /etc/cni/net.d/10-kata.conflist', what: 'for an assumed sandbox' },
    {
      line: 'dan plan --netns /run/netns/pod 10-kata.conflist',
      what: 'for tcfilter and macvtap, which take over an interface of the pod',
    },
  ],
  load: async () => (await import('./plan.ts')).plan,
};
