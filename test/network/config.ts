// The files that make an Asterisk into the telephone network: two carriers, every number arriving in one ARI application.
// Pure text; knows no process and no port that was not handed in.

export type CarrierAddress = {
  name: string;
  /** Where the line sees the carrier. */
  outside: { host: string; port: number };
  /** Where the network's Asterisk really listens, behind the relay. */
  inside: { host: string; port: number };
};

export type NetworkConfig = {
  dir: string;
  run: string;
  modules: string;
  /** Names of the modules that this Asterisk has. */
  available: ReadonlySet<string>;
  data: string;
  ari: { host: string; port: number; password: string };
  carriers: readonly CarrierAddress[];
};

const modules = `res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_http_websocket
  res_websocket_client res_stasis res_stasis_answer res_stasis_recording res_stasis_playback
  res_stasis_snoop app_stasis res_ari res_ari_model
  res_ari_asterisk res_ari_endpoints res_pjsip_messaging res_ari_bridges res_ari_channels res_ari_events res_pjproject res_pjsip res_pjsip_session
  res_pjsip_pubsub res_pjsip_endpoint_identifier_ip res_pjsip_sdp_rtp res_pjsip_caller_id res_pjsip_diversion
  res_pjsip_header_funcs res_pjsip_nat res_pjsip_rfc3326 res_pjsip_dlg_options res_pjsip_refer res_rtp_asterisk
  res_rtp_multicast chan_pjsip chan_rtp bridge_simple bridge_softmix pbx_config
  app_dial app_exec res_mutestream func_global func_callerid func_channel func_hangupcause func_strings codec_alaw codec_ulaw codec_resample`.split(
  /\s+/,
);

/** File name to text, for one folder. */
export function networkFiles(config: NetworkConfig): Record<string, string> {
  return {
    'asterisk.conf': asterisk(config),
    'modules.conf': [
      '[modules]',
      'autoload=no',
      ...modules.filter((m) => config.available.has(m)).map((m) => `load=${m}.so`),
    ].join('\n'),
    'logger.conf':
      '[general]\ndateformat=%F %T.%3q\n[logfiles]\nconsole => error\nmessages.log => notice,warning,error\n',
    'http.conf': `[general]\nenabled=yes\nbindaddr=${config.ari.host}\nbindport=${config.ari.port}\nsessionlimit=2000\n`,
    'ari.conf': `[general]\nenabled=yes\n[network]\ntype=user\npassword=${config.ari.password}\npassword_format=plain\n`,
    'rtp.conf': '[general]\nrtpstart=10000\nrtpend=29999\nicesupport=no\n',
    'pjsip.conf': ['[global]', 'type=global', 'user_agent=network', ...config.carriers.flatMap(carrier)].join('\n'),
    'extensions.conf': config.carriers.map(arrivals).join('\n'),
    'cdr.conf': '[general]\nenable=no\n',
    'cel.conf': '[general]\nenable=no\n',
    'indications.conf':
      '[general]\ncountry=fr\n[fr]\ndescription=France\nringcadence=1500,3500\ndial=440\nbusy=440/500,0/500\nring=440/1500,0/3500\ncongestion=440/250,0/250\n',
    ...Object.fromEntries(quiet.map((name) => [`${name}.conf`, ''])),
  };
}

/** Files Asterisk complains about when they are missing. */
const quiet = [
  'acl',
  'pjproject',
  'websocket_client',
  'udptl',
  'features',
  'ccss',
  'codecs',
  'dnsmgr',
  'manager',
  'sorcery',
  'stasis',
  'pjsip_notify',
];

const asterisk = ({ dir, run, modules, data }: NetworkConfig) => `[directories]
astetcdir=${dir}/etc
astmoddir=${modules}
astvarlibdir=${dir}/lib
astdbdir=${dir}/lib
astkeydir=${dir}/lib
astdatadir=${data}
astagidir=${dir}/lib
astspooldir=${dir}/spool
astrundir=${run}
astlogdir=${dir}/log
[options]
documentation_language=en_US
maxload=0
minmemfree=0
`;

const carrier = ({ name, outside, inside }: CarrierAddress) => [
  `[transport-${name}]`,
  'type=transport',
  'protocol=udp',
  `bind=${inside.host}:${inside.port}`,
  // What the line sees in Contact and Via is the relay in front; nothing counts as local, so it is always rewritten.
  'local_net=192.0.2.0/24',
  `external_signaling_address=${outside.host}`,
  `external_signaling_port=${outside.port}`,
  `[${name}]`,
  'type=endpoint',
  `transport=transport-${name}`,
  `context=arrivals-${name}`,
  'message_context=texts',
  'disallow=all',
  'allow=alaw',
  'direct_media=no',
  'rtp_symmetric=yes',
  'dtmf_mode=rfc4733',
  `aors=${name}`,
  `from_domain=${outside.host}`,
  `media_address=${inside.host}`,
  'bind_rtp_to_media_address=yes',
  'trust_id_inbound=yes',
  'send_diversion=no',
  `[${name}]`,
  'type=aor',
  `contact=sip:${outside.host}:${outside.port}`,
  `[${name}]`,
  'type=identify',
  `endpoint=${name}`,
  `match=${outside.host}`,
];

/** A number of the line's own, known to the carrier, is brought to the line as any caller is; every other is somebody's phone. */
const arrivals = ({ name }: CarrierAddress) => `[arrivals-${name}]
exten => _[+0-9].,1,Set(DIALLED=\${FILTER(+0-9,\${EXTEN})})
 same => n,Set(BY=\${OWN_\${FILTER(0-9,\${DIALLED})}})
 same => n,GotoIf($["\${BY}" != ""]?own)
 same => n,Stasis(network,arrival,${name},\${DIALLED},\${CHANNEL(pjsip,call-id)})
 same => n,Hangup()
 same => n(own),ExecIf($["\${OWN_SHOWS}" != ""]?Set(CALLERID(num)=\${OWN_SHOWS}))
 same => n,ExecIf($["\${OWN_MUTE}" != ""]?Set(MUTEAUDIO(\${OWN_MUTE})=on))
 same => n,Dial(PJSIP/\${DIALLED}@\${BY},60)
 same => n,Hangup(\${HANGUPCAUSE})
`;
