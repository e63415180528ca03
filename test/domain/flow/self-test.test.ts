// `self test` of lines.yaml: what it may say, and what is refused, with its place.
import t from 'tap';
import { examineFlows, readFlows } from '../../../server/domain/flow/load.ts';
import { known } from './story.ts';

const flow = { file: 'essai.yaml', text: 'start: fin\nnodes:\n  fin: { kind: hangup, say: Au revoir. }\n' };
const lines = (selfTest: string) => [
  {
    file: 'lines.yaml',
    text: `lines:\n  - { number: "+33 1 99 00 10 00", name: Essai, flow: essai }\nself test: ${selfTest}\n`,
  },
  flow,
];
const world = { ...known, policies: new Set(['direction']), trunks: new Set(['carrier-a']) };
const told = (selfTest: string) =>
  examineFlows(lines(selfTest), world).findings.map(({ file, line, message }) => `${file}:${line} ${message}`);

t.test('as it is written', async (t) => {
  const read = readFlows(
    lines('{ every: 90, hours: { lun-ven: "08:00-20:00" }, trunks: [carrier-a], policy: direction, person: karim }'),
    world,
  );
  t.match(read, {
    value: {
      selfTest: {
        everyMs: 5_400_000,
        zone: 'Europe/Paris',
        hours: { 'lun-ven': '08:00-20:00' },
        trunks: ['carrier-a'],
        policy: 'direction',
        target: { person: 'karim' },
      },
    },
  });
  t.same(told('{ every: 60, trunks: [carrier-a, twilio] }'), [], 'the Twilio account is a trunk too');
  const none = readFlows(
    [{ file: 'lines.yaml', text: (lines('x')[0]?.text ?? '').replace(/self test.*/, '') }, flow],
    world,
  );
  t.ok(none.ok && none.value.selfTest === undefined, 'off unless it is written');
});

t.test('what is refused', async (t) => {
  for (const [written, message] of [
    ['{ every: 0 }', /:3 .*at least 1 minute/],
    ['{ every: souvent }', /:3 /],
    ['{}', /:3 /],
    ['{ every: 60, toto: 1 }', /:3 .*toto/],
    ['{ every: 60, hours: { lun-vendredi: "08:00-20:00" } }', /:3 "lun-vendredi" names no days/],
    ['{ every: 60, hours: { lun: "8h" } }', /:3 "8h" names no hours/],
    ['{ every: 60, trunks: [carrier-z] }', /:3 there is no trunk "carrier-z", expected one of carrier-a/],
    ['{ every: 60, policy: personne }', /:3 there is no alert policy "personne"/],
    ['{ every: 60, planning: personne }', /:3 there is no planning "personne"/],
    ['{ every: 60, person: personne }', /:3 there is no person "personne"/],
    ['{ every: 60, person: lea, planning: vip }', /:3 name a planning or a person, not both/],
  ] as const)
    t.match(told(written).join('\n'), message, written);
});
