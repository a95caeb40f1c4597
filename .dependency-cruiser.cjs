// The borders of the house, as docs/architecture.md draws them. Each folder of src may import only the folders named
// beside it; the pure ones also import no built-in module that reaches outside the process.
const layers = {
  bytes: [],
  json: [],
  protocol: [],
  model: ['protocol'],
  host: ['model', 'protocol'],
  dan: ['model', 'protocol', 'host'],
  config: ['dan', 'kinds', 'model', 'protocol'],
  kinds: ['dan', 'model', 'protocol'],
  ipam: ['host', 'model', 'protocol'],
  reader: ['model', 'protocol'],
  agent: ['host', 'model', 'protocol'],
  monitor: ['host', 'model', 'protocol'],
  hotplug: ['agent', 'dan', 'kinds', 'host', 'model', 'monitor', 'protocol'],
  attach: ['agent', 'config', 'dan', 'kinds', 'host', 'hotplug', 'ipam', 'model', 'monitor', 'protocol'],
  node: ['attach', 'config', 'dan', 'kinds', 'host', 'ipam', 'model', 'protocol'],
  command: ['host', 'model', 'protocol'],
  'kata-ipvs': ['command', 'host', 'model', 'node', 'protocol'],
  'kata-network': ['attach', 'command', 'config', 'dan', 'kinds', 'host', 'model', 'node', 'protocol'],
  cli: [
    ...[
      'attach',
      'command',
      'config',
      'dan',
      'kinds',
      'host',
      'hotplug',
      'ipam',
      'model',
      'node',
      'protocol',
      'reader',
    ],
    ...['kata-ipvs', 'kata-network'],
  ],
};

const border = ([layer, below]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import only ${[layer, 'bytes', 'json', ...below].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: [layer, 'bytes', 'json', ...below].map((name) => `^src/${name}/`) },
});

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(border),
    {
      name: 'pure',
      comment:
        'json, protocol, model, config, kinds, reader and dan (but its store) are functions: nothing of the system',
      severity: 'error',
      from: { path: '^src/(json|protocol|model|config|kinds|reader|dan)/', pathNot: '^src/dan/store\\.ts$' },
      to: { path: '^src/host/system/' },
    },
    {
      name: 'dan-is-pure',
      comment: 'only the store of src/dan reaches the host',
      severity: 'error',
      from: { path: '^src/dan/', pathNot: '^src/dan/store\\.ts$' },
      to: { path: '^src/host/' },
    },
    {
      name: 'core-as-stated',
      comment: 'kata-network uses of the core what src/attach/client.ts states',
      severity: 'error',
      from: { path: '^src/kata-network/' },
      to: { path: '^src/attach/', pathNot: '^src/attach/client\\.ts$' },
    },
    {
      name: 'kinds-by-their-table',
      comment:
        'outside of src/kinds nobody knows a kind of device by name: the table of src/kinds/kinds.ts leads to each',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/kinds/' },
      to: { path: '^src/kinds/(adopted-tap|host-tap|macvtap|table|tcfilter|vfio|vhost-user)\\.ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'product-stands-alone',
      comment: 'src never imports what is only there for tests or development',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|integration|bench)/' },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  },
};
