// The layers of the house: each room says what it may import. Everything else is refused.
const room = (name, ...allowed) => ({
  name: `${name}-imports-only-below`, severity: 'error',
  from: { path: `^server/${name}/` },
  to: { path: '^server/', pathNot: [`^server/${name}/`, ...allowed.map((a) => (a.includes('.') ? `^server/${a}$` : `^server/${a}/`))] },
});
module.exports = {
  forbidden: [
    room('base'),
    room('telephony', 'base'),
    room('planning', 'base'),
    room('voicemail', 'base'),
    room('trunk', 'base', 'telephony'),
    room('flow', 'base', 'telephony'),
    room('hunt', 'base', 'telephony', 'trunk'),
    room('alert', 'base'),
    room('call', 'base', 'telephony', 'trunk', 'planning', 'flow', 'hunt', 'alert', 'voicemail'),
    room('switchboard', 'base', 'telephony', 'trunk', 'planning', 'flow', 'hunt', 'alert', 'call'),
    room('asterisk', 'base', 'telephony', 'trunk', 'planning', 'voicemail'),
    room('twilio', 'base', 'telephony', 'call', 'hunt', 'prompts'),
    room('tables', 'base', 'telephony', 'flow'),
    room('desk', 'base', 'telephony', 'trunk', 'planning', 'flow', 'prompts', 'tables', 'switchboard'),
    room('prompts', 'base', 'telephony'),
    room('store', 'base', 'telephony', 'planning', 'flow', 'hunt', 'alert', 'call', 'switchboard', 'trunk'),
    room('api', 'base', 'telephony', 'planning', 'flow', 'hunt', 'alert', 'call', 'switchboard', 'store', 'trunk'),
    room('doctor', 'base', 'telephony', 'trunk', 'planning', 'flow', 'asterisk', 'desk', 'prompts', 'rescue', 'store', 'settings.ts'),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'only-the-edge-reads-env', severity: 'error', from: { path: '^server/(base|telephony|planning|trunk|voicemail|hunt|flow|alert|call)/' }, to: { path: '^(node:)?(fs|net|http|https|child_process|dgram|process)$', } },
    { name: 'sql-only-in-store', severity: 'error', from: { path: '^server/', pathNot: '^server/(store|tables)' }, to: { path: 'node_modules/(better-sqlite3|kysely|pg)/' } },
    { name: 'ari-client-in-one-room', severity: 'error', from: { pathNot: '^server/asterisk/' }, to: { path: 'node_modules/ari-client/' } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsConfig: { fileName: 'tsconfig.json' }, tsPreCompilationDeps: true, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] } },
};
