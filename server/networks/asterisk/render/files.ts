// The short files around pjsip and the dialplan: folders, ARI on loopback, logs, tones of France, and the empty ones that keep the log quiet.
import { conf } from './conf.ts';
import type { RenderOptions } from './options.ts';

/** Files that Asterisk's modules look for, and complain without. */
const empty = [
  'acl',
  'ccss',
  'chan_websocket',
  'cli',
  'cli_permissions',
  'features',
  'pjproject',
  'stasis',
  'udptl',
  'websocket_client',
];

export function plainFiles(options: RenderOptions): Record<string, string> {
  const off = (key: string) => conf('', { name: 'general', lines: [[key, 'no']] });
  return {
    'asterisk.conf': asteriskConf(options),
    'http.conf': httpConf(options),
    'ari.conf': ariConf(options),
    'rtp.conf': rtpConf(options),
    'logger.conf': loggerConf(),
    'musiconhold.conf': musicConf(options),
    'indications.conf': indicationsConf(),
    'manager.conf': off('enabled'),
    'cdr.conf': off('enable'),
    'cel.conf': off('enable'),
    ...Object.fromEntries(empty.map((name) => [`${name}.conf`, conf('Empty on purpose.')])),
  };
}

function asteriskConf({ dirs, language }: RenderOptions): string {
  return conf(
    '',
    {
      name: 'directories',
      lines: [
        ['astetcdir', dirs.etc],
        ['astmoddir', dirs.modules],
        ['astvarlibdir', dirs.data],
        ['astdatadir', dirs.data],
        ['astkeydir', dirs.db],
        ['astagidir', dirs.db],
        ['astdbdir', dirs.db],
        ['astspooldir', dirs.spool],
        ['astrundir', dirs.run],
        ['astlogdir', dirs.log],
      ],
    },
    {
      name: 'options',
      lines: [
        ['verbose', 1],
        ['nocolor', 'yes'],
        ['hideconnect', 'yes'],
        ['defaultlanguage', language ?? 'fr'],
        // Whoever reaches ARI may not write files or run commands through dialplan functions.
        ['live_dangerously', 'no'],
        // A caller who is being recorded still gets packets: carriers end calls that fall silent.
        ['transmit_silence', 'yes'],
      ],
    },
  );
}

const httpConf = ({ ari }: RenderOptions): string =>
  conf('', {
    name: 'general',
    lines: [
      ['enabled', 'yes'],
      ['bindaddr', '127.0.0.1'],
      ['bindport', ari.port],
      ['sessionlimit', 1000],
      ['enable_static', 'no'],
      ['enable_status', 'no'],
    ],
  });

const ariConf = ({ ari }: RenderOptions): string =>
  conf(
    '',
    {
      name: 'general',
      lines: [
        ['enabled', 'yes'],
        ['pretty', 'no'],
        ['websocket_write_timeout', 1000],
      ],
    },
    {
      name: ari.user,
      lines: [
        ['type', 'user'],
        ['read_only', 'no'],
        ['password_format', 'plain'],
        ['password', ari.password],
      ],
    },
  );

const rtpConf = ({ rtp }: RenderOptions): string =>
  conf('', {
    name: 'general',
    lines: [
      ['rtpstart', rtp.from],
      ['rtpend', rtp.to],
      ['strictrtp', 'yes'],
      ['icesupport', 'no'],
    ],
  });

const loggerConf = (): string =>
  conf(
    '',
    { name: 'general', lines: [['dateformat', '%F %T.%3q']] },
    {
      name: 'logfiles',
      lines: [
        ['console', 'warning,error'],
        ['messages', 'notice,warning,error'],
      ],
    },
  );

const musicConf = ({ dirs }: RenderOptions): string =>
  dirs.music
    ? conf('', {
        name: 'default',
        lines: [
          ['mode', 'files'],
          ['directory', dirs.music],
          ['sort', 'alpha'],
        ],
      })
    : conf('No folder of music was named.');

/** Tones of France: ITU-T E.180 supplement 2. */
const indicationsConf = (): string =>
  conf(
    '',
    { name: 'general', lines: [['country', 'fr']] },
    {
      name: 'fr',
      lines: [
        ['description', 'France'],
        ['ringcadence', '1500,3500'],
        ['dial', '440'],
        ['busy', '440/500,0/500'],
        ['ring', '440/1500,0/3500'],
        ['congestion', '440/250,0/250'],
        ['callwaiting', '440/300,0/10000'],
        ['dialrecall', '!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440'],
        ['record', '1400/500,0/15000'],
        ['info', '!950/330,!1400/330,!1800/330'],
        [
          'stutter',
          '!440/100,!0/100,!440/100,!0/100,!440/100,!0/100,!440/100,!0/100,!440/100,!0/100,!440/100,!0/100,440',
        ],
      ],
    },
  );
