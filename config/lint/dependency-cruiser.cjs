// The direction of imports (docs: README, "Folder map"). Every rule is an error.
const only = (from, allowed) => ({
  name: `${from}-imports`,
  severity: 'error',
  comment: `src/${from} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [from, ...allowed].map((folder) => `^src/${folder}/`) },
});
const soleClient = (folder, packages) => ({
  name: `${folder.replaceAll(/[/(|)]+/g, '-')}-owns-${packages[0]}`,
  severity: 'error',
  comment: `only src/${folder} imports ${packages.join(', ')}`,
  from: { path: '^src/', pathNot: `^src/${folder}` },
  to: { path: packages.map((name) => `node_modules/${name}/`) },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'through-the-index',
      severity: 'error',
      comment: 'a context is entered through its index.ts',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/.+', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'] },
    },
    {
      name: 'pure-folders',
      severity: 'error',
      comment: 'offers, callcenter and decision do no I/O',
      from: { path: '^src/(offers|callcenter|decision)/' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    only('kernel', []),
    only('sip', ['kernel']),
    only('control', ['kernel', 'sip']),
    only('config', ['kernel']),
    only('offers', ['kernel', 'config']),
    only('callcenter', ['kernel', 'config', 'offers']),
    only('decision', ['kernel', 'config', 'offers', 'callcenter']),
    only('strategy-store', ['kernel', 'config', 'offers', 'decision', 'redis']),
    only('ranking', ['kernel', 'config', 'offers', 'decision']),
    only('records', ['kernel', 'config', 'offers', 'decision']),
    only('freeswitch', ['kernel', 'config', 'offers', 'callcenter']),
    only('redis', ['kernel']),
    only('reservations', ['kernel', 'redis', 'callcenter']),
    only('switch-standin', ['kernel', 'config', 'sip']),
    only('calls', ['kernel', 'config', 'offers', 'callcenter', 'decision']),
    only('contacts', ['kernel', 'config', 'offers', 'callcenter', 'decision']),
    only('console', ['kernel', 'config', 'offers', 'callcenter', 'decision']),
    {
      name: 'pages-know-the-api-alone',
      severity: 'error',
      comment:
        'src/console/ui takes types from console/access, console/live and the views of the API, and nothing that runs on a server',
      from: { path: '^src/console/ui/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/console/(ui|access|live)/',
          '^src/console/[^/]+-view\\.ts$',
          '^src/console/[^/]+/[^/]+-view\\.ts$',
        ],
      },
    },
    {
      name: 'servers-know-no-pages',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/console/ui/' },
      to: { path: '^src/console/ui/' },
    },
    soleClient('calls/drachtio-gateway', ['drachtio-srf']),
    soleClient('(strategy-store|redis|reservations)/', ['ioredis']),
    soleClient('strategy-store/', ['lmdb']),
    soleClient('freeswitch/media/', ['drachtio-fsmrf', 'drachtio-modesl']),
    soleClient('ranking/', ['@duckdb/node-api', 'onnxruntime-node']),
    soleClient('(ranking/report|console/ui)/', ['echarts']),
    soleClient('records/', ['pg', 'pg-copy-streams']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
