// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of the dialplan
// What is written for Asterisk: its structure, and that nothing from outside can break out of its place.
import t from 'tap';
import { problemText } from '../../../server/base/result.ts';
import { readTrunks } from '../../../server/domain/trunk/load.ts';
import type { TrunkPlan } from '../../../server/domain/trunk/schema.ts';
import type { LastResort } from '../../../server/networks/asterisk/render/last-resort.ts';
import { lastResortTexts, renderLastResort } from '../../../server/networks/asterisk/render/last-resort.ts';
import { modules } from '../../../server/networks/asterisk/render/modules.ts';
import type { RenderOptions } from '../../../server/networks/asterisk/render/options.ts';
import { renderAsterisk } from '../../../server/networks/asterisk/render/render.ts';
import { readSpool } from '../../../server/networks/asterisk/render/spool.ts';

const line = '+33199001000';
const trunks = `trunks:
  a: { host: 192.0.2.1, may show: [line, caller], qualify seconds: 1 }
  b:
    host: sip.example.net
    transport: tcp
    register: true
    auth: { user env: B_USER, password env: B_PASSWORD }
    addresses: [192.0.2.2, 192.0.2.3]
    own number: "+33199009999"
    may show: [caller]
`;
const plan = planOf(trunks);

function planOf(text: string): TrunkPlan {
  const read = readTrunks({ file: 'trunks.yaml', text }, [line]);
  if (!read.ok) throw new Error(read.problems.map(problemText).join('\n'));
  return read.value;
}

const lastResort: LastResort = {
  heartbeatMs: 3000,
  ringSeconds: 25,
  voicemailDir: '/srv/vigie/messages',
  spoolDir: '/srv/vigie/last-resort',
  prompts: {
    welcome: '/p/welcome',
    announce: '/p/announce',
    taken: '/p/taken',
    message: '/p/message',
    thanks: '/p/thanks',
  },
  lines: [
    {
      number: line,
      windows: [
        { from: 1000, until: 2000, phones: [{ person: 'karim', number: '+33639980001' }] },
        { from: 2000, until: 3000, phones: [] },
        {
          from: 3000,
          until: 4000,
          phones: [
            { person: 'lea', number: '+33639980002' },
            { person: 'karim', number: '+33639980001' },
          ],
        },
      ],
    },
    { number: '+33199001001', windows: [] },
  ],
};

const options = (changes: Partial<RenderOptions> = {}): RenderOptions => ({
  plan,
  ari: { port: 8088, user: 'vigie', password: 'secret' },
  sip: { bind: '127.0.0.1', port: 5060 },
  rtp: { from: 20_000, to: 21_000 },
  dirs: {
    etc: '/srv/vigie/etc',
    modules: '/usr/lib/asterisk/modules',
    data: '/usr/share/asterisk',
    run: '/srv/vigie/run',
    log: '/srv/vigie/log',
    spool: '/srv/vigie/spool',
    db: '/srv/vigie/db',
    music: '/srv/vigie/music',
  },
  secrets: (name) => ({ B_USER: 'ab123', B_PASSWORD: 'pa;ss\\;word' })[name],
  lastResort,
  ...changes,
});

function files(changes: Partial<RenderOptions> = {}): Record<string, string> {
  const rendered = renderAsterisk(options(changes));
  if (!rendered.ok) throw new Error(rendered.problems.map(problemText).join('\n'));
  return rendered.value;
}
const file = (name: string, changes: Partial<RenderOptions> = {}): string => files(changes)[name] ?? '';

/** Reads a file as Asterisk does (main/config.c): a comment begins at a `;` that no backslash escapes. */
function readConf(text: string): { name: string; lines: [string, string][] }[] {
  const sections: { name: string; lines: [string, string][] }[] = [];
  for (const raw of text.split('\n')) {
    const code = raw
      .replace(/(?<!\\);.*$/, '')
      .replaceAll('\\;', ';')
      .trim();
    const name = /^\[([^\]]*)\]$/.exec(code)?.[1];
    if (name !== undefined) sections.push({ name, lines: [] });
    else if (code.includes('=')) {
      const [key = '', ...value] = code.split('=');
      sections.at(-1)?.lines.push([key.trim(), value.join('=').trim()]);
    }
  }
  return sections;
}
const sectionOf = (text: string, name: string, type: string): Record<string, string> =>
  Object.fromEntries(
    readConf(text).find(
      (one) => one.name === name && one.lines.some(([key, value]) => key === 'type' && value === type),
    )?.lines ?? [],
  );

t.test('SMS: only a trunk that carries them has a context for them, and it only writes', async (t) => {
  t.notMatch(file('modules.conf'), /res_pjsip_messaging/, 'what is not there cannot be abused');
  t.match(sectionOf(file('pjsip.conf'), 'trunk-a', 'endpoint'), { message_context: 'vigie-no-messages' });
  t.notMatch(file('extensions.conf'), /vigie-no-messages|MESSAGE\(/);
  const carrying = files({ plan: planOf(trunks.replace('  a: {', '  a: { sms: true,')) });
  const { 'modules.conf': loaded = '', 'pjsip.conf': pjsip = '', 'extensions.conf': dialplan = '' } = carrying;
  t.match(loaded, /load = res_pjsip_messaging\.so\n/);
  t.match(sectionOf(pjsip, 'trunk-a', 'endpoint'), { message_context: 'vigie-messages-a' });
  t.match(sectionOf(pjsip, 'trunk-b', 'endpoint'), { message_context: 'vigie-no-messages' });
  const [, context = ''] = dialplan.split('[vigie-messages-a]\n');
  const steps = (context.split('\n[')[0] ?? '').split('\n').filter((line) => /^(exten|\s*same)/.test(line));
  t.equal(steps.length, 2);
  t.match(steps[0], /Set\(FILE\(.*\.sms,,,al,u\)=/);
  t.match(steps[1], /Hangup\(\)/);
  t.notMatch(
    steps[0]?.replace(/BASE64_ENCODE\(\$\{MESSAGE\(\w+\)\}\)/g, ''),
    /MESSAGE\(/,
    'nothing from outside but in base64',
  );
});

t.test(
  'pjsip: a trunk is an endpoint, an AOR and an identification; credentials come from the environment',
  async (t) => {
    const pjsip = file('pjsip.conf');
    t.match(sectionOf(pjsip, 'trunk-a', 'endpoint'), {
      context: 'vigie-in',
      identify_by: 'ip',
      allow: 'alaw,ulaw',
      media_address: '127.0.0.1',
    });
    t.match(sectionOf(pjsip, 'trunk-a', 'aor'), { contact: 'sip:192.0.2.1:5060', qualify_frequency: '1' });
    t.match(sectionOf(pjsip, 'trunk-a', 'identify'), { match: '192.0.2.1' });
    t.match(sectionOf(pjsip, 'trunk-b', 'aor'), { contact: 'sip:sip.example.net:5060;transport=tcp' });
    t.equal(pjsip.match(/^match = 192\.0\.2\.[23]$/gm)?.length, 2);
    t.match(
      sectionOf(pjsip, 'auth-b', 'auth'),
      { username: 'ab123', password: 'pa;ss\\;word' },
      'a password is read back as it is',
    );
    t.match(sectionOf(pjsip, 'registration-b', 'registration'), {
      contact_user: '+33199009999',
      client_uri: 'sip:ab123@sip.example.net',
    });
    t.same(sectionOf(pjsip, 'registration-a', 'registration'), {}, 'a trunk known by its address does not register');
    const natted = file('pjsip.conf', { sip: { bind: '0.0.0.0', port: 5060, external: '203.0.113.5' } });
    t.match(sectionOf(natted, 'transport-udp', 'transport'), { external_media_address: '203.0.113.5' });
    t.notOk(sectionOf(natted, 'trunk-a', 'endpoint').media_address);
  },
);

t.test('what a carrier wants to read in our calls', async (t) => {
  const words =
    'from user: acc, from domain: maison.example, outbound proxy: "sbc.example:5080", identity: [asserted], numbers: national, shown numbers: "00",';
  const told = files({ plan: planOf(trunks.replace('  a: {', `  a: { ${words}`)) });
  const pjsip = told['pjsip.conf'] ?? '';
  t.match(sectionOf(pjsip, 'trunk-a', 'endpoint'), {
    from_user: 'acc',
    from_domain: 'maison.example',
    outbound_proxy: 'sip:sbc.example:5080;lr',
    send_pai: 'yes',
  });
  t.match(sectionOf(pjsip, 'trunk-a', 'aor'), { outbound_proxy: 'sip:sbc.example:5080;lr' });
  t.notOk(sectionOf(pjsip, 'trunk-b', 'endpoint').outbound_proxy);
  t.match(told['last-resort.conf'], 'Return(1!karim!+33639980001!a!0033199001000!0639980001&1!karim!+33639980001!b!');
  t.notMatch(told['extensions.conf'], 'P-Preferred-Identity');
  const preferring = files({ plan: planOf(trunks.replace('  a: {', '  a: { identity: [preferred],')) })[
    'extensions.conf'
  ];
  t.match(preferring, 'iU(vigie-lr-confirm)b(vigie-lr-identity^s^1)');
  t.match(preferring, '= "a"]?192.0.2.1:');
});

t.test('what is not needed is not there', async (t) => {
  t.match(file('http.conf'), /bindaddr = 127\.0\.0\.1\n/);
  t.match(file('manager.conf'), /enabled = no/);
  t.match(file('modules.conf'), /autoload = no/);
  for (const name of [
    'res_pjsip_registrar',
    'res_pjsip_endpoint_identifier_user',
    'res_pjsip_refer',
    'func_shell',
    'app_system',
    'chan_iax2',
  ])
    t.notOk(modules.includes(name), `${name} is not loaded`);
  t.equal(new Set(modules).size, modules.length, 'none twice');
  t.ok(modules.every((name) => /^[a-z0-9_]+$/.test(name)));
});

/** Applications and functions the dialplan may use, and the module that has them (none: built in). */
const homes: Record<string, string> = {
  Answer: '',
  Goto: '',
  GotoIf: '',
  Ringing: '',
  Wait: '',
  Hangup: '',
  Set: '',
  Dial: 'app_dial',
  Gosub: 'app_stack',
  Return: 'app_stack',
  Playback: 'app_playback',
  Read: 'app_read',
  Record: 'app_record',
  Stasis: 'app_stasis',
  HangupCauseClear: 'func_hangupcause',
  CALLERID: 'func_callerid',
  REDIRECTING: 'func_callerid',
  CHANNEL: 'func_channel',
  CUT: 'func_cut',
  FILE: 'func_env',
  STAT: 'func_env',
  FIELDQTY: 'func_strings',
  FILTER: 'func_strings',
  REGEX: 'func_strings',
  SHIFT: 'func_strings',
  STRFTIME: 'func_strings',
  GLOBAL: 'func_global',
  IF: 'func_logic',
  HANGUPCAUSE: 'func_hangupcause',
  HANGUPCAUSE_KEYS: 'func_hangupcause',
  PJSIP_HEADER: 'res_pjsip_header_funcs',
  TIMEOUT: 'func_timeout',
};

t.test('the dialplan uses only what is loaded, and jumps only to places that exist', async (t) => {
  const dialplan = `${file('extensions.conf')}\n${file('last-resort.conf')}`;
  const apps = [...dialplan.matchAll(/(?:^exten => [^,]+,1,|^ same => n(?:\([\w-]+\))?,)(\w+)\(/gm)].map(
    ([, name = '']) => name,
  );
  const functions = [...dialplan.matchAll(/(?:\$\{|Set\()([A-Z_]+)\(/g)].map(([, name = '']) => name);
  t.ok(apps.length > 60 && functions.length > 20);
  for (const name of new Set([...apps, ...functions])) {
    const home = homes[name];
    t.ok(home === '' || (home !== undefined && modules.includes(home)), `${name} has a loaded module`);
  }
  const contexts = new Map(
    dialplan
      .split(/^\[/m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf(']')), part]),
  );
  for (const [name, text] of contexts)
    for (const [, label = ''] of text.matchAll(/(?:\?|Goto\()([a-z][\w-]*)\)\n/g))
      t.match(text, `n(${label})`, `${name}: the label ${label} exists`);
  for (const [, context = ''] of dialplan.matchAll(/(?:Goto\(|Gosub\(|\?|push\)=|s@|U\()(vigie-[a-z-]+[a-z])(?=[,)])/g))
    t.ok(contexts.has(context), `the context ${context} exists`);
});

t.test('everything from outside is filtered before it goes anywhere', async (t) => {
  const dialplan = file('extensions.conf');
  const outside = /\$\{(EXTEN|CALLERID\(num\)|REDIRECTING\([^)]*\)|UNIQUEID|CUT\(VIGIE_TO,:,2\))\}/g;
  const uses = [...dialplan.matchAll(outside)];
  t.ok(uses.length >= 5);
  for (const use of uses)
    t.match(dialplan.slice(0, use.index), /FILTER\(0-9(?:A-Za-z\.-|\+),$/, `${use[0]} stands inside FILTER`);
  t.notMatch(dialplan, /CALLERID\((?:name|all)\)\}/, 'a caller’s name is never read');
  const dialled = [...dialplan.matchAll(/Dial\(([^,]*),/g)].map(([, target]) => target);
  t.same(
    dialled,
    ['Local/s@vigie-lr-ladder', `PJSIP/$\{LR_DIAL}@trunk-$\{LR_TRUNK}`],
    'only numbers of the ladder are dialled',
  );
});

t.test('the ladder: windows in order, phones in order, trunks in order, allowed numbers only', async (t) => {
  const text = renderLastResort(plan, lastResort);
  t.match(text, 'exten => 0199001000,1,Return(+33199001000)', 'the national spelling of a number is known');
  t.match(text, 'exten => _[+0-9]!,1,Return(+33199001000)', 'a number that is not ours goes to the first line');
  t.match(
    text,
    [
      '[vigie-lr-ladder-33199001000]',
      'exten => s,1,GotoIf($[${EPOCH} < 2000]?w0)',
      ' same => n,GotoIf($[${EPOCH} < 3000]?w1)',
      ' same => n,Goto(w2)',
      ' same => n(w0),Return(1!karim!+33639980001!a!+33199001000&1!karim!+33639980001!b!+33199009999)',
      ' same => n(w1),Return()',
      ' same => n(w2),Return(1!lea!+33639980002!a!+33199001000&1!lea!+33639980002!b!+33199009999&2!karim!+33639980001!a!+33199001000&2!karim!+33639980001!b!+33199009999)',
    ].join('\n'),
  );
  t.match(
    text,
    '[vigie-lr-ladder-33199001001]\nexten => s,1,Return()',
    'a line nobody is known for goes to the message',
  );
  const window = (number: string) => ({
    ...lastResort,
    lines: [{ number: line, windows: [{ from: 0, until: 1, phones: [{ person: 'x', number }] }] }],
  });
  for (const number of [
    '15',
    '+33112',
    '+33899001122',
    line,
    '+33639980001,evil',
    '+33639980001&PJSIP/x@trunk-a',
    '+3363998${X}',
  ])
    t.notMatch(renderLastResort(plan, window(number)), '1!x', `${number} never reaches the ladder`);
  const many = Array.from({ length: 99 }, (_, n) => ({
    person: 'p'.repeat(60),
    number: `+336399800${String(n).padStart(2, '0')}`,
  }));
  const long = renderLastResort(plan, {
    ...lastResort,
    lines: [{ number: line, windows: [{ from: 0, until: 1, phones: many }] }],
  });
  t.ok(Math.max(...long.split('\n').map((one) => one.length)) < 4000, "within a dialplan variable's size");
  const rude = {
    ...lastResort,
    lines: [
      {
        number: line,
        windows: [{ from: 0, until: 1, phones: [{ person: 'x&2!y),System(ls', number: '+33639980001' }] }],
      },
    ],
  };
  t.match(renderLastResort(plan, rude), 'Return(1!x_2_y__System_ls!+33639980001!a!', 'a person’s id cannot add a try');
  t.throws(() => renderLastResort(plan, { ...lastResort, lines: [{ number: '+33,evil', windows: [] }] }));
  t.equal(Object.keys(lastResortTexts).join(), 'welcome,announce,taken,message,thanks');
});

t.test('bad settings are refused with the place and the mend, and nothing is rendered', async (t) => {
  const wrong: [Partial<RenderOptions>, RegExp][] = [
    [{ secrets: () => undefined }, /trunk "b" needs the environment variable B_USER, which is not set \(set B_USER\)/],
    [{ secrets: () => 'x\n[evil]' }, /the value of B_USER cannot be used/],
    [{ secrets: (name) => (name === 'B_USER' ? 'a b<>' : 'fine') }, /the value of B_USER cannot be used/],
    [{ ari: { port: 8088, user: 'vigie]', password: 'x' } }, /ARI user or application is not a plain name/],
    [{ ari: { port: 8088, user: 'vigie', password: 'x\ny' } }, /ARI password is empty or holds a line break/],
    [{ ari: { port: 0, user: 'vigie', password: 'x' } }, /ports are whole numbers/],
    [{ rtp: { from: 20_000, to: 20_001 } }, /RTP ports 20000-20001 are too few/],
    [{ sip: { bind: '127.0.0.1\nx=y', port: 5060 } }, /is not an address/],
    [{ dirs: { ...options().dirs, run: `/${'x'.repeat(100)}` } }, /too long for a control socket/],
    [{ dirs: { ...options().dirs, etc: 'relative' } }, /the path of etc, "relative", cannot stand in a dialplan/],
    [{ lastResort: { ...lastResort, spoolDir: '/srv/${SHELL(ls)}' } }, /the path of spoolDir/],
    [{ lastResort: { ...lastResort, prompts: { ...lastResort.prompts, welcome: '/p/a&b' } } }, /the path of welcome/],
    [{ lastResort: { ...lastResort, voicemailDir: '/srv/../etc' } }, /the path of voicemailDir/],
  ];
  for (const [changes, expected] of wrong) {
    const rendered = renderAsterisk(options(changes));
    t.match(rendered.ok ? 'rendered' : rendered.problems.map(problemText).join('\n'), expected, String(expected));
  }
});

t.test('the spool of a call that went through every kind of try is read back', async (t) => {
  const spool = `{"event":"arrival","at":100,"called":"0199001000","caller":"+33612345678","diverted":"","line":"+33199001000"}
{"event":"ring","at":104,"person":"lea","number":"+33639980002","trunk":"a","shown":"+33199001000"}
{"event":"failed","at":104,"person":"lea","number":"+33639980002","trunk":"a","status":"BUSY","sip":"486","q850":"17"}
{"event":"ring","at":104,"person":"ines","number":"+33639980004","trunk":"a","shown":"+33199001000"}
{"event":"answered","at":105,"person":"ines","number":"+33639980004"}
{"event":"failed","at":107,"person":"ines","number":"+33639980004","trunk":"a","status":"ANSWER","sip":"200","q850":"16"}
{"event":"ring","at":107,"person":"karim","number":"+33639980001","trunk":"a","shown":"+33199001000"}
{"event":"answered","at":108,"person":"karim","number":"+33639980001"}
{"event":"taken","at":111,"person":"karim","number":"+33639980001","trunk":"a"}
{"event":"end","at":150,"bytes":"0"}
`;
  t.same(readSpool('1.2', spool), {
    id: '1.2',
    called: '0199001000',
    caller: '+33612345678',
    line,
    at: 100,
    endedAt: 150,
    lastAt: 150,
    nobody: false,
    takenBy: 'karim',
    tries: [
      {
        person: 'lea',
        number: '+33639980002',
        trunk: 'a',
        at: 104,
        endedAt: 104,
        result: 'failed',
        status: 'BUSY',
        sip: 486,
        q850: 17,
      },
      {
        person: 'ines',
        number: '+33639980004',
        trunk: 'a',
        at: 104,
        answeredAt: 105,
        endedAt: 107,
        result: 'not-confirmed',
        status: 'ANSWER',
        sip: 200,
        q850: 16,
      },
      { person: 'karim', number: '+33639980001', trunk: 'a', at: 107, answeredAt: 108, result: 'taken' },
    ],
  });
  const alone = readSpool(
    '1.3',
    '{"event":"arrival","at":1}\n{"event":"ring","at":2,"person":"p"}\n{"event":"nobody","at":9}\n{"event":"end","at":20,"bytes":"16364"}\n{"eve',
  );
  t.match(alone, { nobody: true, messageBytes: 16_364, tries: [{ result: 'gave-up' }] });
  t.equal(alone?.takenBy, undefined);
  t.equal(readSpool('1.4', ''), undefined);
  t.equal(readSpool('1.5', 'null\n[]\n{"event":"rm -rf","at":1}\n{"event":"ring","at":"x"}'), undefined);
});
