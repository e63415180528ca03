// The Twilio account, asked over REST: does it know us, has it our numbers, do they say what they must, and who answers when we do not?

import type { Settings } from '../app/settings.ts';
import type { Clock } from '../base/clock.ts';
import type { PhoneNumber } from '../domain/telephony/names.ts';
import type { TwilioAccess } from '../networks/twilio/access.ts';
import { Rest } from '../networks/twilio/rest.ts';
import { heldNumbers, type Plan, planSetup } from '../networks/twilio/setup.ts';
import { ails, type Finding, said, warns, well } from './finding.ts';

const check = 'twilio';

/** @param lines the numbers of lines.yaml; those that stand at Asterisk's carriers only are none of Twilio's business with `both` */
export async function examineTwilio(
  access: TwilioAccess,
  carrier: Settings['carrier'],
  lines: readonly PhoneNumber[],
  clock: Clock,
): Promise<Finding[]> {
  const held = await heldNumbers(new Rest(access, clock));
  if (!held.ok) return [held.http === 401 ? refused(held.why) : away(held.why)];
  const plan = planSetup(access, lines, held.value);
  return [
    well(check, said(`Twilio répond : ${held.value.length} numéros sur le compte`, 'answers')),
    ...numberFindings(plan, carrier, lines.length),
    ...fallbackFindings(access),
  ];
}

const refused = (why: string): Finding =>
  ails(
    check,
    said('Twilio refuse nos identifiants', why),
    said('corriger TWILIO_ACCOUNT_SID et TWILIO_AUTH_TOKEN', 'correct the account and its token'),
  );

const away = (why: string): Finding =>
  ails(
    check,
    said('Twilio n’est pas joignable', why),
    said('vérifier l’accès à api.twilio.com (HTTPS sortant)', 'check outgoing HTTPS to api.twilio.com'),
  );

function numberFindings({ changes, missing }: Plan, carrier: Settings['carrier'], lines: number): Finding[] {
  const lacking = carrier === 'twilio' ? missing : missing.length === lines ? missing : [];
  const setup = said('vigie twilio setup --dry-run, puis vigie twilio setup', 'run vigie twilio setup');
  return [
    ...(changes.length > 0
      ? [
          ails(
            check,
            said(
              `${new Set(changes.map(({ number }) => number)).size} numéros n’appellent pas ce serveur comme il faut`,
              `${changes.length} settings of our numbers differ`,
            ),
            setup,
          ),
        ]
      : []),
    ...(lacking.length > 0
      ? [
          ails(
            check,
            said(`le compte n’a pas : ${lacking.join(', ')}`, 'lines whose number the account does not have'),
            said('acheter ou porter ces numéros, ou corriger lines.yaml', 'buy or port them, or correct lines.yaml'),
          ),
        ]
      : []),
  ];
}

/** A fallback document that stands here helps against one failed request, not against our absence. */
function fallbackFindings({ fallbackUrl, publicUrl }: TwilioAccess): Finding[] {
  if (new URL(fallbackUrl).host !== new URL(publicUrl).host) return [];
  return [
    warns(
      check,
      said('si ce serveur tombe, personne ne répond aux appels par Twilio', 'the fallback documents stand here too'),
      said(
        'copier var/twilio-fallback/ sur un autre hôte et le nommer dans TWILIO_FALLBACK_URL (docs/twilio.md)',
        'copy them to another host, and name it in TWILIO_FALLBACK_URL',
      ),
    ),
  ];
}
