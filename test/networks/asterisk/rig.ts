// A real Asterisk on free loopback ports for the adapter's tests: its dialplan hands callers to Stasis, its "carrier" is itself on another
// address, and numbers behind it answer, ring, or refuse as their last digits say. No part of the product is imitated here.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import WebSocket from 'ws';
import type { AriAccess } from '../../../server/networks/asterisk/ari/probe.ts';
import type { AriEvent } from '../../../server/networks/asterisk/ari/words.ts';
import { attestation } from '../../../server/networks/asterisk/render/dialplan.ts';
import { freePort, freeUdp } from '../../network/ports.ts';
import { until } from '../../waiting.ts';
import { type AsteriskProcess, startAsterisk } from './asterisk-process.ts';

const modules = `res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_http_websocket res_websocket_client
  res_stasis res_stasis_answer res_stasis_playback res_stasis_recording res_stasis_snoop app_stasis res_ari res_ari_model
  res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels res_ari_endpoints res_ari_events res_ari_playbacks
  res_ari_recordings res_ari_sounds res_pjproject res_pjsip res_pjsip_session res_pjsip_pubsub res_pjsip_endpoint_identifier_ip
  res_pjsip_endpoint_identifier_user res_pjsip_sdp_rtp res_pjsip_dtmf_info res_pjsip_caller_id res_pjsip_diversion
  res_pjsip_header_funcs res_pjsip_nat res_pjsip_rfc3326 res_pjsip_refer res_pjsip_dlg_options res_rtp_asterisk res_rtp_multicast
  chan_pjsip chan_rtp bridge_simple bridge_native_rtp bridge_softmix bridge_holding bridge_builtin_features pbx_config app_dial
  app_playback app_echo app_stack app_senddtmf app_verbose func_callerid func_channel func_logic func_strings func_global
  func_hangupcause res_musiconhold codec_ulaw codec_alaw codec_resample format_pcm format_wav format_gsm codec_gsm
  func_dialplan func_base64 app_read`;

export type Rig = {
  ari: AriAccess;
  recordings: string;
  directory: string;
  /** Where the product's side takes SIP; a UDP address 127.0.0.2 is known there as trunk a. */
  sipPort: number;
  /** The far end of trunks `hole` and `mute`: it says nothing unless a test does. */
  hole: Socket;
  /** Starts Asterisk again after a kill. */
  start(): Promise<AsteriskProcess>;
  /** The one that runs now. */
  asterisk: AsteriskProcess;
  /** Places a call into the product over SIP; the caller then runs this script of the `callers` context. */
  call(options: {
    to: string;
    from: string;
    script: string;
    channelId: string;
    headers?: Record<string, string>;
  }): Promise<void>;
  /** Any ARI request by plain HTTP, as an outsider: never through the adapter. */
  http(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Waits for an event as an outsider sees it, subscribed to every channel (what came before counts too). */
  observes(what: string, fits: (event: AriEvent) => boolean): Promise<AriEvent>;
  end(): Promise<void>;
};

export async function openRig(): Promise<Rig> {
  const directory = mkdtempSync('/tmp/vgr-');
  const ports = {
    http: await freePort('127.0.0.1'),
    sip: await freeUdp('127.0.0.1'),
    net: await freeUdp('127.0.0.1'),
    hole: await freeUdp('127.0.0.1'),
  };
  writeConfig(directory, ports);
  const ari = { url: `http://127.0.0.1:${ports.http}`, user: 'vigie', password: 'a secret: + & ?' };
  // The black hole: bound, never answering.
  const hole = createSocket('udp4');
  await new Promise<void>((bound) => hole.bind(ports.hole, '127.0.0.4', bound));
  const start = async () => {
    const started = await startAsterisk({ binary: home().binary, configFile: join(directory, 'asterisk.conf'), ari });
    if (!started.ok) throw new Error(started.problems.map((p) => `${p.message} (${p.hint})`).join());
    rig.asterisk = started.value;
    await observe();
    return started.value;
  };
  const seen: AriEvent[] = [];
  const observe = async () => {
    const url = `${ari.url.replace('http', 'ws')}/ari/events?app=observer&subscribeAll=true&api_key=${ari.user}:${encodeURIComponent(ari.password)}`;
    const socket = new WebSocket(url);
    socket.on('message', (text) => seen.push(JSON.parse(String(text)) as AriEvent));
    socket.on('error', () => {});
    await once(socket, 'open');
  };
  const http: Rig['http'] = async (method, path, body) => {
    const response = await fetch(`${ari.url}/ari/${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${ari.user}:${ari.password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, body: text ? (JSON.parse(text) as unknown) : undefined };
  };
  const rig: Rig = {
    ari,
    sipPort: ports.sip,
    hole,
    directory,
    recordings: join(directory, 'spool/recording'),
    start,
    http,
    asterisk: undefined as unknown as AsteriskProcess,
    observes: async (what, fits) => {
      await until(what, async () => seen.some(fits));
      return seen.find(fits) as AriEvent;
    },
    call: async ({ to, from, script, channelId, headers }) => {
      const query = new URLSearchParams({
        endpoint: `PJSIP/${to}@into`,
        context: 'callers',
        extension: script,
        priority: '1',
        channelId,
        callerId: `"${from}" <${from}>`,
      });
      const variables = Object.fromEntries(
        Object.entries(headers ?? {}).map(([k, v]) => [`PJSIP_HEADER(add,${k})`, v]),
      );
      const answer = await http('POST', `channels?${query}`, { variables });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    },
    end: async () => {
      await rig.asterisk.stop();
      hole.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await start();
  return rig;
}

function writeConfig(directory: string, ports: { http: number; sip: number; net: number; hole: number }) {
  for (const name of ['spool/recording', 'log', 'db', 'run', 'keys'])
    mkdirSync(join(directory, name), { recursive: true });
  const put = (name: string, text: string) => writeFileSync(join(directory, name), text);
  const root = home();
  put(
    'asterisk.conf',
    `[directories](!)\nastetcdir=${directory}\nastmoddir=${root.modules}\nastvarlibdir=${directory}\nastdbdir=${directory}/db\nastkeydir=${directory}/keys
astdatadir=${root.data}\nastspooldir=${directory}/spool\nastrundir=${directory}/run\nastlogdir=${directory}/log\n[options]\nnocolor=yes\n`.replace(
      '(!)',
      '',
    ),
  );
  put(
    'modules.conf',
    `[modules]\nautoload=no\n${modules
      .split(/\s+/)
      .map((name) => `load=${name}.so`)
      .join('\n')}\n`,
  );
  put('http.conf', `[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=${ports.http}\nsessionlimit=1000\n`);
  put('ari.conf', '[general]\nenabled=yes\n[vigie]\ntype=user\nread_only=no\npassword=a secret: + & ?\n');
  put('logger.conf', '[general]\n[logfiles]\nmessages=notice,warning,error\n');
  put(
    'indications.conf',
    '[general]\ncountry=fr\n[fr]\nringcadence=1500,3500\ndial=440\nring=440/1500,0/3500\nbusy=440/500,0/500\ncongestion=440/250,0/250\n',
  );
  put('musiconhold.conf', `[default]\nmode=files\ndirectory=${root.data}/sounds/en\n`);
  put('rtp.conf', '[general]\nrtpstart=20000\nrtpend=29999\n');
  put('stasis.conf', '[threadpool]\n');
  for (const name of [
    'acl',
    'pjproject',
    'websocket_client',
    'chan_websocket',
    'udptl',
    'features',
    'ccss',
    'cdr',
    'cel',
    'stir_shaken',
    'sorcery',
  ])
    put(`${name}.conf`, '');
  put('pjsip.conf', pjsip(ports));
  put('extensions.conf', dialplan);
}

function pjsip({ sip, net, hole }: { sip: number; net: number; hole: number }): string {
  const endpoint = (name: string, context: string, transport: string, contact: string, match: string, more = '') =>
    `[${name}]\ntype=endpoint\ncontext=${context}\ndisallow=all\nallow=alaw\naors=${name}\ntransport=${transport}\nrtp_symmetric=yes\ndirect_media=no\n${more}
[${name}]\ntype=aor\ncontact=sip:${contact}\nqualify_frequency=1\nqualify_timeout=0.9\n${match ? `[${name}]\ntype=identify\nendpoint=${name}\nmatch=${match}\n` : ''}`;
  return `[global]\ntype=global\n[system]\ntype=system\n[ours]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:${sip}\n[net]\ntype=transport\nprotocol=udp\nbind=127.0.0.2:${net}
${endpoint('trunk-a', 'in', 'ours', `127.0.0.2:${net}`, '127.0.0.2/32', 'send_diversion=yes')}
${endpoint('into', 'phones', 'net', `127.0.0.1:${sip}`, '127.0.0.1/32')}
${endpoint('trunk-hole', 'in', 'ours', `127.0.0.4:${hole}`, '')}
${endpoint('trunk-mute', 'in', 'ours', `127.0.0.4:${hole}`, '').replace(/qualify\S+\n/g, '')}
[trunk-dead]\ntype=endpoint\ncontext=in\ndisallow=all\nallow=alaw\naors=trunk-dead\ntransport=ours\n[trunk-dead]\ntype=aor\n`;
}

const dialplan = `[globals]
[in]
exten => plain,1,Dial(PJSIP/+33612345601@trunk-mute,20)
exten => _[+0-9].,1,NoOp()
${attestation}
 same => n,Stasis(vigie,arrival,\${EXTEN},\${CALLERID(num)},\${REDIRECTING(from-num)}\${VIGIE_ATTESTED})
 same => n,Set(GLOBAL(FELL)=\${STASISSTATUS})
 same => n,Hangup()
[vigie-leg]
exten => s,1,Stasis(vigie,leg)
 same => n,GotoIf($["\${STASISSTATUS}" != "FAILED"]?over)
 same => n,Wait(0.2)
 same => n,Goto(s,1)
 same => n(over),Hangup()
[phones]
exten => _[+0-9].,1,Set(GLOBAL(SHOWN)=\${CALLERID(num)})
 same => n,Set(GLOBAL(DIVERTED)=\${PJSIP_HEADER(read,Diversion)})
 same => n,Goto(\${EXTEN:-2},1)
exten => 01,1,Ringing()
 same => n,Wait(0.2)
 same => n,Answer()
 same => n,Wait(0.6)
 same => n,SendDTMF(1)
 same => n,Echo()
exten => 86,1,Hangup(17)
exten => 03,1,Hangup(34)
exten => 04,1,Hangup(1)
exten => 23,1,Hangup(21)
exten => 80,1,Wait(0.1)
 same => n,Ringing()
 same => n,Wait(60)
exten => 99,1,Ringing()
 same => n,Wait(60)
exten => 88,1,Progress()
 same => n,Wait(60)
exten => 02,1,Answer()
 same => n,Wait(0.4)
 same => n,Hangup()
[callers]
exten => waits,1,Wait(120)
exten => keys,1,Wait(0.5)
 same => n,SendDTMF(12#)
 same => n,Wait(120)
exten => leaves,1,Wait(0.5)
 same => n,Hangup()
exten => talks,1,Echo()
`;

/** Where scripts/get-asterisk.sh says that Asterisk is. */
function home(): { binary: string; modules: string; data: string } {
  const folder = resolve('.asterisk');
  const found = JSON.parse(readFileSync(join(folder, 'home.json'), 'utf8')) as Record<
    'binary' | 'modules' | 'data',
    string
  >;
  return {
    binary: resolve(folder, found.binary),
    modules: resolve(folder, found.modules),
    data: resolve(folder, found.data),
  };
}
