// The two floors of the house. An arrow never runs up; engine, config and networks meet in app alone; inside domain the order below holds.
const only = (floor, ...below) => ({
  name: `${floor}-imports-only-below`,
  severity: 'error',
  from: { path: `^server/${floor}/` },
  to: { path: '^server/', pathNot: [floor, ...below].map((one) => `^server/${one}/`) },
});
/** In the order in which they may know of each other: each folder sees only those before it. */
const domain = [['telephony', 'trunk', 'planning', 'voicemail'], ['hunt', 'message'], ['alert'], ['flow'], ['conversation', 'call'], ['self-test', 'placed-call']];
const inDomain = domain.flatMap((level, index) =>
  level.map((name) => ({
    name: `domain-${name}-imports-only-before-it`,
    severity: 'error',
    from: { path: `^server/domain/${name}/` },
    to: { path: '^server/domain/', pathNot: [name, ...domain.slice(0, index).flat(), ...(index === 0 ? ['telephony'] : [])].map((one) => `^server/domain/${one}/`) },
  })),
);
module.exports = {
  forbidden: [
    only('base'),
    only('domain', 'base'),
    only('engine', 'domain', 'base'),
    only('config', 'domain', 'base'),
    only('networks', 'domain', 'base'),
    { ...only('store', 'domain', 'base'), to: { path: '^server/', pathNot: ['^server/(store|domain|base)/', '^server/engine/ports.ts$', '^server/engine/[^/]+/ports.ts$'] } },
    only('api', 'engine', 'config', 'domain', 'base'),
    { name: 'nobody-imports-commands', severity: 'error', from: { path: '^server/', pathNot: '^server/(cli|doctor)/' }, to: { path: '^server/(cli|doctor)/' } },
    { name: 'app-only-from-commands', severity: 'error', from: { path: '^server/', pathNot: '^server/(app|cli|doctor)/' }, to: { path: '^server/app/' } },
    ...inDomain,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'pure-rooms-import-no-node-module', severity: 'error', from: { path: '^server/domain/' }, to: { dependencyTypes: ['core'] } },
    // Beside the store, only the look-up tables of a customer, which are files of theirs.
    { name: 'sql-only-in-store', severity: 'error', from: { path: '^server/', pathNot: '^server/(store/|config/lookup/sqlite.ts)' }, to: { path: 'node_modules/(better-sqlite3|kysely|pg)/' } },
    { name: 'ari-client-in-one-folder', severity: 'error', from: { pathNot: '^server/networks/asterisk/' }, to: { path: 'node_modules/ari-client/' } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsConfig: { fileName: 'tsconfig.json' }, tsPreCompilationDeps: true, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] } },
};
