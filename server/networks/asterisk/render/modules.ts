// The modules Asterisk loads: an explicit list, because `autoload` opens ports and doors nobody asked for.
import type { TrunkPlan } from '../../../domain/trunk/schema.ts';
import { conf } from './conf.ts';

const groups: Record<string, string> = {
  ground: 'res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb',
  ari: `res_http_websocket res_websocket_client res_stasis res_stasis_answer res_stasis_playback res_stasis_recording
    res_stasis_snoop res_stasis_device_state app_stasis res_ari res_ari_model res_ari_applications res_ari_asterisk
    res_ari_bridges res_ari_channels res_ari_device_states res_ari_endpoints res_ari_events res_ari_playbacks
    res_ari_recordings res_ari_sounds`,
  // No registrar, no identification by user name, no REFER: what is not there cannot be abused.
  sip: `res_pjproject res_pjsip res_pjsip_session res_pjsip_pubsub res_pjsip_endpoint_identifier_ip
    res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest res_pjsip_outbound_registration
    res_pjsip_sdp_rtp res_pjsip_dtmf_info res_pjsip_caller_id res_pjsip_diversion res_pjsip_header_funcs
    res_pjsip_nat res_pjsip_rfc3326 res_pjsip_dlg_options res_pjsip_logger res_rtp_asterisk chan_pjsip`,
  audio: `res_rtp_multicast chan_rtp res_audiosocket chan_audiosocket chan_websocket chan_bridge_media bridge_simple
    bridge_native_rtp bridge_softmix bridge_holding bridge_builtin_features bridge_builtin_interval_features
    res_musiconhold codec_ulaw codec_alaw codec_gsm codec_g722 codec_resample format_pcm format_wav format_gsm format_sln`,
  dialplan: `pbx_config app_dial app_playback app_verbose app_read app_record app_stack app_mixmonitor func_callerid
    func_channel func_logic func_strings func_cut func_dialplan func_env func_global func_timeout func_talkdetect
    func_hangupcause res_tonedetect func_pjsip_endpoint func_pjsip_contact func_pjsip_aor`,
};

/** Every module of the list, without `.so`. */
export const modules: readonly string[] = Object.values(groups).flatMap((group) => group.split(/\s+/));

/** Only where a trunk carries SMS. */
const messageModules = ['res_pjsip_messaging', 'func_base64'];

export function modulesConf({ trunks }: TrunkPlan): string {
  const wanted = trunks.some(({ sms }) => sms) ? [...modules, ...messageModules] : modules;
  return conf('', {
    name: 'modules',
    lines: [['autoload', 'no'], ...wanted.map((name) => ['load', `${name}.so`] as const)],
  });
}
