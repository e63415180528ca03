// TwiML as we write it, held against Twilio's own builder; and words that would be something else than words.
import t from 'tap';
import twilio from 'twilio';
import { element, hangup, pause, play, redirect, response, say, words } from '../../../server/networks/twilio/twiml.ts';
import { parseXml } from './xml.ts';

const { VoiceResponse } = twilio.twiml;
const url = 'https://vigie.example.fr/twilio/voice/c1/2/keyed?a=1&b=2';

t.test('the same documents as the SDK writes', async (t) => {
  const built = new VoiceResponse();
  const gather = built.gather({
    action: url,
    method: 'POST',
    timeout: 5,
    numDigits: 1,
    finishOnKey: '',
    actionOnEmptyResult: true,
    input: ['dtmf', 'speech'],
    language: 'fr-FR',
    hints: "fuite, « gaz », l'eau",
  });
  gather.play('https://vigie.example.fr/a.wav');
  gather.pause({ length: 2 });
  gather.say({ language: 'fr-FR' }, 'Tapez 1 & patientez <ici>, à tout de suite.');
  built.dial({ timeout: 25 }).number({ url, method: 'GET' }, '+33639980001');
  built.redirect({ method: 'POST' }, url);
  built.reject({ reason: 'busy' });
  built.hangup();
  const attributes = {
    action: url,
    method: 'POST',
    timeout: 5,
    numDigits: 1,
    finishOnKey: '',
    actionOnEmptyResult: true,
    input: ['dtmf', 'speech'],
    language: 'fr-FR',
    hints: "fuite, « gaz », l'eau",
    speechModel: undefined,
  };
  const ours = response(
    element(
      'Gather',
      attributes,
      play('https://vigie.example.fr/a.wav'),
      pause(2),
      say('fr-FR', 'Tapez 1 & patientez <ici>, à tout de suite.'),
    ),
    element('Dial', { timeout: 25 }, element('Number', { url, method: 'GET' }, words('+33639980001'))),
    redirect(url),
    element('Reject', { reason: 'busy' }),
    hangup,
  );
  t.equal(ours, built.toString());
  t.equal(response(), new VoiceResponse().toString());
});

t.test('words stay words', async (t) => {
  const hostile = [
    '</Say><Dial>+33899000000</Dial><Say>',
    '"/><Redirect>https://evil.example</Redirect>',
    ']]>&lt;&#60;',
    'a\u0000b\u0008c\ud800d\uffffe', // what XML cannot write is left out
    "l'été — 😀",
  ];
  for (const text of hostile) {
    const document = parseXml(response(say('fr-FR', text), element('Gather', { hints: text }), hangup));
    t.same(
      document.children.map(({ name }) => name),
      ['Say', 'Gather', 'Hangup'],
      JSON.stringify(text),
    );
    const kept = text.startsWith('a\u0000') ? 'abcde' : text;
    t.equal(document.children[0]?.text, kept);
    t.equal(document.children[1]?.attributes.hints, kept);
  }
});

t.test('white space in an attribute is kept', async (t) => {
  t.match(response(element('Gather', { hints: 'a\tb\nc\rd' })), 'hints="a&#x9;b&#xA;c&#xD;d"');
});
