import type { Command } from '../command/command.ts';

const sandbox = { name: 'SANDBOX', kind: 'sandbox' } as const;

const file = { name: 'FILE', kind: 'file', optional: true } as const;

const answers =
  'The answer is one line of JSON on stdout, and "null" where it fails; errors are told on stderr. FILE is a JSON file; ' +
  '"-", or no FILE, is stdin.';

const whichSandbox =
  'SANDBOX is the id of a sandbox, or as much of its beginning as only one sandbox with a DAN file has.';

const beforeStart =
  'A DAN file counts when the sandbox starts: for one that runs, nothing is written, and the error says so.';

const onlyTheirs =
  'These commands see and change only what they added: what CNI added stays CNI’s, and theirs CNI never touches.';

const changes = { arguments: [sandbox, file], options: [] } as const;

const lists = {
  description: [
    'The answer is one line of JSON on stdout: a list, or "null" where there is nothing, and where it fails.',
    `${whichSandbox} ${onlyTheirs}`,
  ],
  arguments: [sandbox],
  options: [],
} as const;

const addIface: Command = {
  name: 'kata-network add-iface',
  summary: 'gives a sandbox that has not started an interface',
  description: [
    answers,
    'Keys: "device" (name on the host), "name" (name in the guest), "mtu" and "hwAddr" are required; "IPAddresses" has at ' +
      'most one {"address", "mask"}, the mask as the length of a prefix; "vhostUserSocket" is the path of a socket, and ' +
      'then no tap is touched; "queues" is a number of queue pairs, where 0, as if left out, is one.',
    'A persistent tap that is there under the name of "device" is used as it is, if Kata can open it, and never changed or ' +
      'deleted. Where there is none, one is made, without a bridge, and is deleted by del-iface.',
    'SANDBOX is the id of a sandbox that is to start, or that has a DAN file already. As much of the beginning as only one ' +
      'sandbox with a DAN file has will do where that sandbox’s id is one of 64 hexadecimal digits, as container runtimes ' +
      'make them; any other word is a whole id, and a file is begun for it.',
    'The file goes into "dan_conf" of the configuration of Kata’s Rust runtime, where that is found; else into ' +
      '/run/kata-containers/dans.',
    `${beforeStart} ${onlyTheirs}`,
  ],
  arguments: [sandbox, file],
  options: [
    {
      name: 'kata-config',
      value: { name: 'FILE', kind: 'file' },
      help: 'the Kata configuration.toml that is used, where it is not found by itself',
    },
  ],
  examples: [
    {
      line: 'dan kata-network add-iface 6ec7a98 ./test-iface.json',
      what: 'an interface for the sandbox whose id begins so',
    },
    { line: 'cat ./test-iface.json | dan kata-network add-iface 6ec7a98 -', what: 'the same, from stdin' },
  ],
  load: async () => (await import('./commands/run.ts')).addIface,
};

const delIface: Command = {
  name: 'kata-network del-iface',
  summary: 'takes an interface that add-iface gave from a sandbox, with its routes',
  description: [
    'The answer on stdout is "null" where it is done, and the interface that could not be deleted, as JSON with its ' +
      '"linkType", where it fails; errors are told on stderr. FILE is a JSON file; "-", or no FILE, is stdin.',
    'Of the keys of an interface, "name" alone counts: its name in the guest. A tap that was there before add-iface stays.',
    whichSandbox,
    `${beforeStart} ${onlyTheirs}`,
  ],
  ...changes,
  examples: [{ line: `echo '{"name":"eth1"}' | dan kata-network del-iface 6ec7a98`, what: 'takes eth1 away' }],
  load: async () => (await import('./commands/run.ts')).delIface,
};

const listIfaces: Command = {
  name: 'kata-network list-ifaces',
  summary: 'lists the interfaces that add-iface gave a sandbox',
  ...lists,
  examples: [{ line: 'dan kata-network list-ifaces 6ec7a98', what: 'name, MAC, address and MTU of each' }],
  load: async () => (await import('./commands/run.ts')).listIfaces,
};

const addRoute: Command = {
  name: 'kata-network add-route',
  summary: 'gives an interface of a sandbox that has not started routes',
  description: [
    `${answers} It holds one route or a list of them, of which all are added or none.`,
    'Keys: "dest" is "ip/mask", "ip" for one host, or "default"; "gateway" may be left out, or empty, but for a default ' +
      'route; "device" is the interface’s name in the guest. "dest" may have bits beyond its mask: they are shown again as ' +
      'they were given, and count for nothing.',
    'Routes of the guest’s loopback, lo, cannot be carried by a DAN file. A guest has one route to a destination.',
    `${whichSandbox} ${beforeStart} ${onlyTheirs}`,
  ],
  ...changes,
  examples: [
    {
      line: `echo '{"dest":"default","gateway":"172.16.0.1","device":"eth-test"}' | dan kata-network add-route 6ec7a98 -`,
      what: 'a default route',
    },
  ],
  load: async () => (await import('./commands/run.ts')).addRoute,
};

const delRoute: Command = {
  name: 'kata-network del-route',
  summary: 'takes routes that add-route gave from a sandbox',
  description: [
    `${answers} It holds one selection or a list of them.`,
    '"dest" says which routes, by the network that it is in; "gateway" and "device" narrow it. All that match go, and are ' +
      'the answer. "default" without a gateway is the default route of both IP versions.',
    `${whichSandbox} ${beforeStart} ${onlyTheirs}`,
  ],
  ...changes,
  examples: [
    { line: `echo '{"dest":"172.17.10.0/24"}' | dan kata-network del-route 6ec7a98`, what: 'whatever its gateway' },
  ],
  load: async () => (await import('./commands/run.ts')).delRoute,
};

const listRoutes: Command = {
  name: 'kata-network list-routes',
  summary: 'lists the routes that add-route gave a sandbox',
  ...lists,
  examples: [{ line: 'dan kata-network list-routes 6ec7a98', what: 'every route, as it was given' }],
  load: async () => (await import('./commands/run.ts')).listRoutes,
};

/** `dan kata-network …`: the rows of the table of commands, in the order in which help shows them. */
export const kataNetworkCommands: readonly Command[] = [addIface, delIface, listIfaces, addRoute, delRoute, listRoutes];
