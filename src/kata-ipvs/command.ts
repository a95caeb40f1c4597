import type { Command } from '../command/command.ts';

/** `dan kata-ipvs`. */
export const kataIpvsCommand: Command = {
  name: 'kata-ipvs',
  summary: 'sets, lists and restores IPVS rules in a sandbox, and forgets its connections',
  description: [
    'COMMAND ipvsadm runs one command of ipvsadm, which --parameters holds, or restores rules from stdin. COMMAND cleanup ' +
      'runs conntrack, so that the kernel forgets connections. What they print is printed; what they are given was ' +
      'checked before, and no shell of the node sees it.',
    '-A, -E (--add-service, --edit-service): one of -t, -u (--tcp-service, --udp-service) IP:PORT or [IP]:PORT; ' +
      '-s (--scheduler) rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed or nq; -p (--persistent) 1 to 2678400 seconds. ' +
      '-D (--delete-service): one of -t, -u.',
    '-a, -e (--add-server, --edit-server): one of -t, -u; -r (--real-server) IP:PORT; -w (--weight) 0 to 65535, 1 where ' +
      'it is not said. NAT (-m) is added. -d (--delete-server): one of -t, -u; -r.',
    '-L (--list): -t or -u may say which service; addresses are numbers. --set TCP TCPFIN UDP: timeouts, 0 to 1296000 ' +
      'seconds, where 0 leaves one as it is.',
    'What is restored is one -A or -a on a line, at most 20000 together; here servers must say -m. The sandbox must hold ' +
      'no rules. Either all of them are there in the end, or none.',
    'cleanup: -d (--orig-dst) IP and -p (--protonum) tcp or udp, both. Connections that are not there are no fault.',
    'SANDBOX is its id; for the debug console, which is used where neither --netns nor --exec is given, as much of it as ' +
      'begins no other running sandbox. The console must be switched on in Kata’s configuration (debug_console_enabled), ' +
      'and the guest must have ipvsadm, conntrack and the kernel’s ip_vs: see that its image does.',
    'The command of --exec gets the program and its arguments as further words, and the rules on its stdin. White space ' +
      'divides it into words, quotes hold words together, nothing else means anything. It is run with PATH and LC_ALL as ' +
      'its only variables; "env NAME=VALUE …" sets others.',
  ],
  arguments: [
    { name: 'COMMAND', kind: ['ipvsadm', 'cleanup'] },
    { name: 'SANDBOX', kind: 'sandbox' },
  ],
  options: [
    {
      name: 'parameters',
      value: { name: 'WORDS', kind: 'text', dashes: true },
      help: 'the options of ipvsadm or of the cleanup, in one word of the command line',
    },
    { name: 'restore', value: { name: '-', kind: ['-'] }, help: 'restores the rules that come on stdin' },
    {
      name: 'netns',
      value: { name: 'PATH', kind: 'file' },
      help: 'works in that network namespace, with the node’s programs',
    },
    { name: 'exec', value: { name: 'COMMAND', kind: 'text' }, help: 'works through that command' },
  ],
  examples: [
    {
      line: 'dan kata-ipvs ipvsadm --parameters "--add-service --tcp-service 172.17.0.7:80 --scheduler rr --persistent 3000" 6ec7a98',
      what: 'a virtual service in the sandbox',
    },
    {
      line: 'dan kata-ipvs ipvsadm --parameters "--add-server --tcp-service 172.17.0.7:80 --real-server 172.17.0.4:80 --weight 100" 6ec7a98',
      what: 'a server behind it',
    },
    { line: 'dan kata-ipvs ipvsadm --parameters "--list" 6ec7a98', what: 'what there is' },
    { line: 'dan kata-ipvs ipvsadm --restore - 6ec7a98 < rules', what: 'many at once' },
    {
      line: 'dan kata-ipvs cleanup --parameters "--orig-dst 172.17.0.4 --protonum tcp" 6ec7a98',
      what: 'forgets the TCP connections that were opened to that address',
    },
    {
      line: 'dan kata-ipvs ipvsadm --exec "ssh -T root@guest" --parameters "--list" 6ec7a98',
      what: 'through ssh instead of the debug console',
    },
  ],
  load: async () => (await import('./kata-ipvs.ts')).kataIpvs,
};
