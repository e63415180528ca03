// Callers who are asked to speak: is there somebody to understand them? Asks the speech server as a call would.

import type { Settings } from '../app/settings.ts';
import type { FlowSet } from '../domain/flow/set.ts';
import { reach } from '../networks/speech/reach.ts';
import { ails, type Finding, said, warns, well } from './finding.ts';

const check = 'listen';

/** @param flows undefined when they cannot be read */
export async function listenFindings(
  { speech, carrier }: Pick<Settings, 'speech' | 'carrier'>,
  flows: FlowSet | undefined,
): Promise<Finding[]> {
  if (carrier === 'twilio') return [];
  const asks = Object.values(flows?.flows ?? {}).some(({ nodes }) =>
    Object.values(nodes).some(({ kind }) => kind === 'listen'),
  );
  if (!speech) return asks ? [unset] : [];
  const why = await reach(speech.url);
  if (why === undefined)
    return [well(check, said('le serveur de reconnaissance vocale répond', 'the speech server answers'))];
  const finding = asks ? ails : warns;
  return [
    finding(
      check,
      said(
        `le serveur de reconnaissance vocale ne sert à rien (${why}) : les nœuds listen prennent « nothing »`,
        `the speech server cannot be used (${why}): listen nodes take "nothing"`,
      ),
      said(
        'démarrer vosk-server, ou corriger VIGIE_SPEECH_URL',
        'start vosk-server there, or correct VIGIE_SPEECH_URL',
      ),
    ),
  ];
}

const unset: Finding = warns(
  check,
  said(
    'des nœuds listen, mais aucun serveur de reconnaissance vocale : ils prennent « nothing »',
    'listen nodes, and no speech server: they take "nothing" on Asterisk',
  ),
  said(
    'VIGIE_SPEECH_URL=ws://127.0.0.1:2700 (docs/listen.md)',
    'set VIGIE_SPEECH_URL (docs/listen.md), or ask with keys',
  ),
);
