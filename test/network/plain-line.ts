// A line without Vigie: a third Asterisk with a dialplan of a few words, against which the network proves itself.
import { join } from 'node:path';
import type { Network } from './network.ts';
import { type AsteriskHome, type Running, runFolder, startAsterisk } from './process.ts';

const modules = `res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_pjsip
  res_pjsip_session res_pjsip_pubsub res_pjsip_refer res_pjsip_endpoint_identifier_ip res_pjsip_sdp_rtp res_pjsip_caller_id
  res_pjsip_diversion res_pjsip_nat res_pjsip_rfc3326 res_rtp_asterisk res_rtp_multicast chan_pjsip chan_rtp bridge_simple
  bridge_native_rtp bridge_softmix pbx_config app_dial app_playback app_read app_exec app_echo func_logic app_stack app_verbose func_callerid func_channel
  func_strings func_timeout codec_alaw codec_ulaw codec_resample format_wav format_pcm res_musiconhold res_http_websocket
  res_websocket_client res_stasis res_ari res_ari_model res_ari_asterisk`.split(/\s+/);

export type PlainLine = { server: { host: string; port: number }; extensions: string; music?: string };

/** Starts it with `extensions` as its dialplan: calls arrive in [in], carriers are the endpoints `trunk-a` and `trunk-b`. */
export async function startPlainLine(
  home: AsteriskHome,
  network: Network,
  { server, extensions, music }: PlainLine,
): Promise<Running> {
  const dir = join(network.dir, 'plain-line');
  const run = runFolder();
  const trunk = (name: 'a' | 'b') => {
    const { address, port } = network.carrier(name);
    return `[trunk-${name}]
type=endpoint
transport=udp
context=in
disallow=all
allow=alaw
direct_media=no
aors=trunk-${name}
media_address=${server.host}
bind_rtp_to_media_address=yes
[trunk-${name}]
type=aor
contact=sip:${address}:${port}
[trunk-${name}]
type=identify
endpoint=trunk-${name}
match=${address}
`;
  };
  const files = {
    'asterisk.conf': `[directories]
astetcdir=${dir}/etc
astmoddir=${home.modules}
astvarlibdir=${dir}/lib
astdbdir=${dir}/lib
astdatadir=${home.data}
astspooldir=${dir}/spool
astrundir=${run}
astlogdir=${dir}/log
`,
    'modules.conf': `[modules]\nautoload=no\n${modules
      .filter((m) => home.available.has(m))
      .map((m) => `load=${m}.so`)
      .join('\n')}\n`,
    'logger.conf': '[logfiles]\nmessages.log => notice,warning,error,verbose\n',
    'http.conf': `[general]\nenabled=yes\nbindaddr=${server.host}\nbindport=${server.port}\n`,
    'ari.conf': '[general]\nenabled=yes\n[plain]\ntype=user\npassword=plain\n',
    'rtp.conf': '[general]\nrtpstart=10000\nrtpend=19999\n',
    'pjsip.conf': `[udp]\ntype=transport\nprotocol=udp\nbind=${server.host}:${server.port}\n${trunk('a')}${trunk('b')}`,
    'extensions.conf': extensions,
    'musiconhold.conf': music ? `[default]\nmode=playlist\nentry=${music.replace(/\.wav$/, '')}\n` : '',
    ...Object.fromEntries(
      [
        'acl',
        'pjproject',
        'websocket_client',
        'udptl',
        'features',
        'ccss',
        'cdr',
        'cel',
        'indications',
        'codecs',
        'stasis',
      ].map((n) => [`${n}.conf`, '']),
    ),
  };
  const authorization = `Basic ${Buffer.from('plain:plain').toString('base64')}`;
  return startAsterisk(home, { dir, run, files }, () =>
    fetch(`http://${server.host}:${server.port}/ari/asterisk/info`, { headers: { authorization } }).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
}
