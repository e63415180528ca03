// trunks → pjsip.conf. A trunk `x` is the endpoint, AOR and identification `trunk-x`. Nobody else is known: no phone registers here.
import type { Trunk } from '../../../domain/trunk/schema.ts';
import { conf, type Section } from './conf.ts';
import { messageContext } from './messages.ts';
import type { RenderOptions } from './options.ts';

export function pjsipConf(options: RenderOptions): string {
  const transports = [...new Set(options.plan.trunks.map((trunk) => trunk.transport))];
  return conf(
    'Source: trunks.yaml.',
    {
      name: 'global',
      lines: [
        ['type', 'global'],
        ['user_agent', 'Vigie'],
        // Who is at the other end is known by its address alone: a From header proves nothing.
        ['endpoint_identifier_order', 'ip'],
        ['unidentified_request_count', 5],
        ['unidentified_request_period', 5],
        ['keep_alive_interval', 30],
      ],
    },
    // The defaults (50 threads at most, grown five at a time) hold for the rates of one line.
    {
      name: 'system',
      lines: [
        ['type', 'system'],
        ['timer_t1', 500],
        ['timer_b', 32_000],
        ['disable_tcp_switch', 'yes'],
      ],
    },
    ...transports.map((protocol) => transport(protocol, options)),
    ...options.plan.trunks.flatMap((trunk) => trunkSections(trunk, options)),
  );
}

function transport(protocol: string, { sip }: RenderOptions): Section {
  const nat: Section['lines'] = sip.external
    ? [
        ['external_media_address', sip.external],
        ['external_signaling_address', sip.external],
        ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8'].map((net) => ['local_net', net] as const),
      ]
    : [];
  return {
    name: `transport-${protocol}`,
    lines: [['type', 'transport'], ['protocol', protocol], ['bind', `${sip.bind}:${sip.port}`], ...nat],
  };
}

function trunkSections(trunk: Trunk, options: RenderOptions): Section[] {
  const name = `trunk-${trunk.id}`;
  return [
    endpoint(name, trunk, options),
    {
      name,
      lines: [
        ['type', 'aor'],
        ['contact', uri(trunk)],
        ...byProxy(trunk),
        ['qualify_frequency', trunk.qualifySeconds],
        ['qualify_timeout', Math.min(3, trunk.qualifySeconds)],
      ],
    },
    ...identification(name, trunk, options),
    ...credentials(trunk, options),
  ];
}

/** Where its calls come from. Asterisk takes no identification without an address: there is none while no name of it is resolved. */
function identification(name: string, trunk: Trunk, { addressesOf = (entry) => [entry] }: RenderOptions): Section[] {
  const addresses = [...new Set(trunk.addresses.flatMap(addressesOf))];
  if (addresses.length === 0) return [];
  return [
    { name, lines: [['type', 'identify'], ['endpoint', name], ...addresses.map((one) => ['match', one] as const)] },
  ];
}

function endpoint(name: string, trunk: Trunk, { sip, language }: RenderOptions): Section {
  const oneAddress = !['0.0.0.0', '[::]'].includes(sip.bind) && !sip.external;
  return {
    name,
    lines: [
      ['type', 'endpoint'],
      ['context', 'vigie-in'],
      // Never the context of calls: a MESSAGE begins none.
      ['message_context', messageContext(trunk)],
      ['transport', `transport-${trunk.transport}`],
      ['aors', name],
      ['identify_by', 'ip'],
      ['disallow', 'all'],
      ['allow', trunk.codecs.join(',')],
      ['dtmf_mode', 'auto'],
      ['direct_media', 'no'],
      ['rtp_symmetric', 'yes'],
      ['force_rport', 'yes'],
      // A carrier's P-Asserted-Identity is worth more than the From its customer wrote.
      ['trust_id_inbound', 'yes'],
      // Only the Diversion that we decide is sent, never one that came in with the caller.
      ['send_diversion', 'no'],
      ...(trunk.fromUser ? ([['from_user', trunk.fromUser]] as const) : []),
      ...(trunk.fromDomain ? ([['from_domain', trunk.fromDomain]] as const) : []),
      ...(trunk.identity?.includes('asserted') ? ([['send_pai', 'yes']] as const) : []),
      ...byProxy(trunk),
      ['allow_transfer', 'no'],
      ['allow_subscribe', 'no'],
      ['language', language ?? 'fr'],
      ...(oneAddress
        ? ([
            ['media_address', sip.bind],
            ['bind_rtp_to_media_address', 'yes'],
          ] as const)
        : []),
      ...(trunk.auth ? ([['outbound_auth', `auth-${trunk.id}`]] as const) : []),
    ],
  };
}

function credentials(trunk: Trunk, { secrets }: RenderOptions): Section[] {
  if (!trunk.auth) return [];
  const user = secrets(trunk.auth.userEnv) ?? '';
  const auth: Section = {
    name: `auth-${trunk.id}`,
    lines: [
      ['type', 'auth'],
      ['auth_type', 'userpass'],
      ['username', user],
      ['password', secrets(trunk.auth.passwordEnv) ?? ''],
    ],
  };
  return trunk.register ? [auth, registration(trunk, user)] : [auth];
}

/** Registers for ever: an on-call line has no moment to give up. Its calls are known by their address, so no endpoint is named here. */
function registration(trunk: Trunk, user: string): Section {
  return {
    name: `registration-${trunk.id}`,
    lines: [
      ['type', 'registration'],
      ['transport', `transport-${trunk.transport}`],
      ['outbound_auth', `auth-${trunk.id}`],
      ['server_uri', uri(trunk)],
      ...byProxy(trunk),
      ['client_uri', `sip:${user}@${trunk.host}`],
      ['contact_user', trunk.ownNumber ?? user],
      ['expiration', 300],
      // Ten seconds at random otherwise, in which nobody could ring.
      ['max_random_initial_delay', 0],
      ['retry_interval', 5],
      ['forbidden_retry_interval', 60],
      ['fatal_retry_interval', 60],
      ['max_retries', 1_000_000],
      ['auth_rejection_permanent', 'no'],
    ],
  };
}

/** `lr`: the request goes there and keeps its address (RFC 3261 §16.12). */
const byProxy = ({ proxy, transport }: Trunk): Section['lines'] =>
  proxy ? [['outbound_proxy', `sip:${proxy}${transport === 'udp' ? '' : `;transport=${transport}`};lr`]] : [];

const uri = ({ host, port, transport }: Trunk): string =>
  `sip:${host}:${port}${transport === 'udp' ? '' : `;transport=${transport}`}`;
