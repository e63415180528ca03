// The page behind a signed link, in a real browser, on a small telephone and on a screen, with scripts switched off.
import { chromium, type Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { alertRoutes } from '../../server/api/alerts.ts';
import { contact, karim, lea, openRoom } from '../engine/alerts/house.ts';
import { tool } from '../tools.ts';
import { serve } from './serve.ts';

const john = { ...contact('john', 4), language: 'en' };
const sizes = [
  { width: 360, height: 640 },
  { width: 1440, height: 900 },
];

/** Chromium without what it would ask of the outside world. */
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

async function openHouse() {
  const room = openRoom({ people: { garde: [lea, karim, john] } });
  room.leader.start();
  room.alerting.raise({
    id: 'c1.e1',
    at: 0,
    target: { planning: 'garde' },
    about: { caller: '+33612345678' },
    reason: 'Fuite <b>d’ammoniac</b> à l’atelier froid, porte 4 : personne n’a pris l’appel',
  });
  const everybody = [lea, karim, john];
  const { alerting, links, store, clock } = room;
  const closing: (() => unknown)[] = [];
  const routes = alertRoutes({
    alerting,
    links,
    list: store.alerts.list.bind(store.alerts),
    now: () => clock.now(),
    person: (id) => everybody.find(({ person }) => person === id),
  });
  const at = await serve({ teardown: (end) => closing.push(end) }, routes);
  const close = async () => {
    for (const end of closing) await end();
    room.close();
    room.remove();
  };
  return {
    ...room,
    close,
    linkOf: (person: string) => `${at}/a/${links.sign({ alert: 'c1.e1', person }, clock.now())}`,
    at,
  };
}

/** Nothing to scroll sideways, and the button under a thumb: whole on the screen, and high enough (WCAG 2.5.5: 44 px). */
async function fits(t: Test, page: Page, width: number, height: number): Promise<void> {
  t.equal(await page.evaluate('document.documentElement.scrollWidth'), width, 'no sideways scrolling');
  const box = await page.getByRole('button').boundingBox();
  t.ok(box && box.height >= 44 && box.y + box.height <= height, `the button stands at ${JSON.stringify(box)}`);
}

t.test('one button that works on any telephone', async (t) => {
  const house = await openHouse();
  t.teardown(() => house.close());
  const browser = await chromium.launch({ executablePath: tool('chromium'), args: flags });
  t.teardown(() => browser.close());
  const open = async (viewport: { width: number; height: number }, person: string) => {
    const page = await (await browser.newContext({ viewport, javaScriptEnabled: false })).newPage();
    await page.goto(house.linkOf(person));
    return page;
  };
  for (const size of sizes) {
    const page = await open(size, 'lea');
    await fits(t, page, size.width, size.height);
    t.equal(await page.locator('b').count(), 0, 'words of a caller are words, never markup');
    t.equal(await page.getByRole('link').getAttribute('href'), 'tel:+33612345678');
    t.equal(await page.locator('html').getAttribute('lang'), 'fr');
  }
  t.equal(house.alerting.find('1')?.holder, undefined, 'looking confirms nothing');
  const english = await open({ width: 360, height: 640 }, 'john');
  t.match(await english.textContent('body'), /Alert 1.*I have it.*John, one press is enough/s);

  const page = await open({ width: 360, height: 640 }, 'lea');
  await page.getByRole('button', { name: 'Je m’en occupe' }).click();
  t.match(await page.textContent('body'), /L’alerte 1 est à vous/);
  t.match(house.alerting.find('1')?.holder, { name: 'Lea', by: 'link' });
  await page.reload();
  t.strictSame(await page.getByRole('button').allTextContents(), ['C’est résolu'], 'pressed once, the next one is due');

  await english.getByRole('button').click();
  t.match(await english.textContent('body'), /Alert 1 was taken by Lea/, 'the second one learns who has it');
  t.match(house.alerting.find('1')?.holder, { name: 'Lea' });

  await page.getByRole('button', { name: 'C’est résolu' }).click();
  t.match(await page.textContent('body'), /L'alerte 1 est close/);
  t.match(house.alerting.find('1')?.closed, { name: 'Lea', by: 'link' });

  const left = await open({ width: 360, height: 640 }, 'nobody');
  t.match(await left.textContent('body'), /n’est plus valable/, 'who is no longer in people.yaml has no say');

  const expired = await open({ width: 360, height: 640 }, 'lea');
  const answer = await expired.goto(`${house.at}/a/nonsense.token`);
  t.equal(answer?.status(), 404);
  t.match(await expired.textContent('body'), /n’est plus valable.*no longer good/s);
});
