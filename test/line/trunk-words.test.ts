// What a carrier wants to read in our calls, as it reads them: its account in From, its way of writing numbers, by its proxy.
import t from 'tap';
import { header } from '../network/sip.ts';
import { calls, edit, recordFrom, startScene, trunksOf } from './scene.ts';

const domain = 'sip.operateur.example';
const line = await startScene({
  prepare: ({ trunks }) =>
    edit(trunks, (text) =>
      text.replace(
        / {4}host: (\S+)\n {4}port: (\d+)\n([\s\S]*?)may show: \[line, caller\]\n/,
        `    host: ${domain}
    outbound proxy: "$1:$2"
    addresses: [$1]
    from user: compte-12
    from domain: maison.example
    identity: [asserted, preferred]
    numbers: national
    shown numbers: "00"
$3may show: [line]
`,
      ),
    ),
});
t.teardown(() => line.stop());

t.test('an account in From, the number shown beside it; a national number dialled, by the proxy', async (t) => {
  const from = '+33612347001';
  const tania = line.network.phone('+33639981081', 'Tania');
  const caller = await calls(t, line, { from, to: '+33199002020', via: 'b' });
  const ring = await tania.rings();
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  const [invite] = line.network.carriers.a.invites();
  t.ok(invite, 'it came to the proxy, though nobody can resolve the name of the host');
  const told = (name: string) => header(invite ?? { headers: [] }, name);
  t.match(told('from'), '<sip:compte-12@maison.example>');
  t.match(told('to'), `<sip:0639981081@${domain}`);
  t.match(told('p-asserted-identity'), '<sip:0033199002020@maison.example>');
  t.match(told('p-preferred-identity'), '<sip:0033199002020@maison.example>');
  await caller.hangsUp();
  const record = await recordFrom(line, from);
  t.same(trunksOf(record), ['carrier-a normal']);
  t.equal(record.legs[0]?.number, '+33639981081', 'on record as everywhere');
});
