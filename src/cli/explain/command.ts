import type { Command } from '../../command/command.ts';

/** `dan explain`. */
export const explainCommand: Command = {
  name: 'explain',
  summary: 'explains what an error means, what causes it, and what to do',
  description: [
    'It knows every error of dan by its code, its name, or its text, and the messages of Kata, containerd, libcni and the ' +
      'kubelet that point at the network of a pod. You can pass a whole event of the kubelet: the command explains what it ' +
      'knows in it, the most helpful first.',
    'A single - reads standard input.',
  ],
  arguments: [{ name: 'CODE|NAME|TEXT', kind: 'text', repeated: true }],
  options: [{ name: 'json', help: 'prints the explanations as JSON' }],
  examples: [
    { line: 'dan explain 105', what: 'an error by its code' },
    { line: 'dan explain bridge-missing', what: 'an error by its name' },
    {
      line: "dan explain 'Could not setup vhost fds eth0 : open /dev/vhost-net: no such file or directory'",
      what: 'a message by its text',
    },
    { line: 'kubectl describe pod my-pod | dan explain -', what: 'everything that is known in the events of a pod' },
  ],
  load: async () => (await import('./explain.ts')).explain,
};
