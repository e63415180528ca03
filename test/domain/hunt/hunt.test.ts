// Stories of a hunt: in what order people ring, what their phones may do, and where it all ends.
import t from 'tap';
import type { Verdict } from '../../../server/domain/telephony/event.ts';
import { caller, line, people, trunk } from '../call/house.ts';
import { hunt } from './story.ts';

const one = [trunk('a')];

t.test('strategies', async (t) => {
  t.test('sequential: one after the other, in the planning’s order', async (t) => {
    const story = hunt({ trunks: one }).isOnCall(people(3));
    t.same(story.ringing(), ['p1 a']);
    t.same(story.ends('p1', 'no-answer').ringing(), ['p2 a']);
    t.same(story.ends('p2', 'busy').ringing(), ['p3 a']);
    t.equal(story.ends('p3', 'no-answer').exit(), 'no-answer');
    t.equal(story.asked('stop-wait').length, 1, 'the waiting sound stops');
  });
  t.test('parallel: all at once', async (t) => {
    const story = hunt({ trunks: one, levels: [{ strategy: 'parallel' }] }).isOnCall(people(3));
    t.same(story.ringing(), ['p1 a', 'p2 a', 'p3 a']);
    t.equal(story.ends('p1', 'no-answer').ends('p3', 'busy').exit(), undefined, 'p2 may still answer');
    t.equal(story.ends('p2', 'no-answer').exit(), 'no-answer');
  });
  t.test('waves: the lowest priority number first, together', async (t) => {
    const staff = people(3, (n) => ({ priority: n === 2 ? 5 : 9 }));
    const story = hunt({ trunks: one, levels: [{ strategy: 'waves' }] }).isOnCall(staff);
    t.same(story.ringing(), ['p2 a']);
    t.same(story.ends('p2', 'no-answer').ringing(), ['p1 a', 'p3 a']);
  });
  t.test('rotating: begins with another person each time', async (t) => {
    const first = (turn: number) =>
      hunt({ trunks: one, levels: [{ strategy: 'rotating' }] })
        .isOnCall(people(3), turn)
        .ringing();
    t.same([0, 1, 2, 3].map(first), [['p1 a'], ['p2 a'], ['p3 a'], ['p1 a']]);
  });
  t.test('longest idle: who talked least recently first, who never talked before all', async (t) => {
    const talked = [300, 100];
    const staff = people(3, (n) => (n === 3 ? {} : { lastTalkedAt: talked[n - 1] ?? 0 }));
    const story = hunt({ trunks: one, levels: [{ strategy: 'longest-idle' }] }).isOnCall(staff);
    t.same(story.ringing(), ['p3 a']);
    t.same(story.ends('p3', 'no-answer').ringing(), ['p2 a']);
    t.same(story.ends('p2', 'no-answer').ringing(), ['p1 a']);
  });
});

t.test('levels of a planning: one after the other, each rung as it says, or all as the flow says', async (t) => {
  const staff = people(5, (n) =>
    n < 4 ? { level: 'astreinte', ring: 'parallel' } : { level: 'cadre', ring: 'sequential' },
  );
  const story = hunt({ trunks: one, levels: [{}] }).isOnCall(staff);
  t.same(story.ringing(), ['p1 a', 'p2 a', 'p3 a']);
  t.same(story.ends('p1', 'no-answer').ends('p2', 'no-answer').ends('p3', 'no-answer').ringing(), ['p4 a']);
  t.same(story.ends('p4', 'no-answer').ringing(), ['p5 a']);
  const said = hunt({ trunks: one, levels: [{ strategy: 'sequential' }] }).isOnCall(staff);
  t.same(said.ringing(), ['p1 a']);
  t.same(
    hunt({ trunks: one, levels: [{}] })
      .isOnCall(people(2))
      .ringing(),
    ['p1 a'],
  );
});

t.test('rounds: everybody again, but not who said no', async (t) => {
  const story = hunt({ trunks: one, levels: [{ rounds: 2 }] }).isOnCall(people(2));
  story.answers('p1').hearsTheQuestion('p1').presses('p1', '2');
  t.same(story.ringing(), ['p2 a'], 'declined with a key: the next person at once');
  t.same(story.ends('p2', 'no-answer').ringing(), ['p2 a'], 'the second round goes to p2 alone');
  t.equal(story.ends('p2', 'no-answer').exit(), 'no-answer');
});

t.test('several phones: in the person’s order, before the next person', async (t) => {
  const staff = people(2, (n) => ({ phones: [`+3361100000${n}`, `+3361100001${n}`] }));
  const story = hunt({ trunks: one }).isOnCall(staff);
  t.same(story.numbers(), ['+33611000001']);
  t.same(story.ends('p1', 'no-answer').numbers(), ['+33611000011']);
  t.same(story.ends('p1', 'declined').numbers(), ['+33611000002'], 'a 603 is the person’s no, not the phone’s');
});

t.test('a phone that two people share', async (t) => {
  const [workshop, own] = ['+33611000001', '+33611000012'];
  const staff = people(2, (n) => ({ phones: n === 1 ? [workshop] : [workshop, own] }));
  const named = (story: ReturnType<typeof hunt>) => story.state().legs.map(({ name, number }) => [name, number]);
  t.test('rings once, for both, and each one’s other phones ring beside it', async (t) => {
    const story = hunt({ trunks: one, levels: [{ strategy: 'parallel', rounds: 2 }] }).isOnCall(staff);
    t.same(story.numbers(), [workshop, own]);
    t.same(named(story), [
      ['Personne 1 / Personne 2', workshop],
      ['Personne 2', own],
    ]);
    t.same(story.ends('p1', 'no-answer').numbers(), [own], 'nor once more for the other');
    t.same(story.ends('p2', 'no-answer').numbers(), [workshop, own], 'the next round is another one');
  });
  t.test('the one who has another phone first does not ring it again behind the other', async (t) => {
    const mixed = people(2, (n) => ({ phones: n === 1 ? [own, workshop] : [workshop] }));
    const story = hunt({ trunks: one, levels: [{ strategy: 'waves' }] }).isOnCall(mixed);
    t.same(story.numbers(), [own, workshop]);
    t.same(story.ends('p1', 'no-answer').numbers(), [workshop]);
    t.equal(story.ends('p2', 'no-answer').exit(), 'no-answer');
  });
  t.test('one after the other: it has just rung in vain', async (t) => {
    const story = hunt({ trunks: one }).isOnCall(staff);
    t.same(story.ends('p1', 'no-answer').numbers(), [own]);
    t.equal(story.state().legs[0]?.name, 'Personne 1 / Personne 2');
  });
  t.test('over another trunk it is still one phone', async (t) => {
    const story = hunt({ levels: [{ strategy: 'parallel' }] }).isOnCall(staff.slice(0, 1).concat(staff.slice(1)));
    t.same(story.ends('p1', 'congestion').ringing(), ['p2 a', 'p1 b']);
    t.same(story.numbers(), [own, workshop]);
  });
  t.test('somebody there said no: it is not rung for the other either', async (t) => {
    const story = hunt({ trunks: one, levels: [{ strategy: 'parallel', rounds: 2 }] }).isOnCall(staff);
    story.answers('p1').hearsTheQuestion('p1').presses('p1', '2');
    t.same(story.ends('p2', 'no-answer').numbers(), [own]);
  });
  t.test('the first is on another call, and it never rang: it rings for the second', async (t) => {
    const both = people(2, () => ({ phones: [workshop] }));
    const story = hunt({ trunks: one, levels: [{ strategy: 'parallel' }] }).isOnCall(both);
    t.same(story.ringing(), ['p1 a']);
    t.same(story.ends('p1', 'occupied').ringing(), ['p2 a']);
    story.ends('p2', 'occupied');
    t.same(story.ringing(), [], 'both are on other calls: nobody is asked in turns without end');
    t.same(story.timer('hunt.retry').ringing().length, 1);
  });
});

t.test('whose fault it was', async (t) => {
  t.test('the carrier’s: the same phone over the next trunk', async (t) => {
    const story = hunt().isOnCall(people(2));
    t.same(story.ends('p1', 'congestion').ringing(), ['p1 b']);
    t.same(story.ends('p1', 'congestion').ringing(), ['p2 a']);
    t.equal(story.ends('p2', 'unreachable').ends('p2', 'congestion').exit(), 'carrier-failure');
  });
  t.test('the callee’s: never round them by another trunk', async (t) => {
    t.same(hunt().isOnCall(people(2)).ends('p1', 'busy').ringing(), ['p2 a']);
  });
  t.test('unknown: the next trunk, once', async (t) => {
    const story = hunt({ trunks: [trunk('a'), trunk('b'), trunk('c')] }).isOnCall(people(2));
    t.same(story.ends('p1', 'unknown').ringing(), ['p1 b']);
    t.same(story.ends('p1', 'unknown').ringing(), ['p2 a']);
  });
  t.test('a number that does not exist is condemned, and the admin hears of it', async (t) => {
    const story = hunt({ trunks: one, levels: [{ rounds: 2 }] }).isOnCall(people(2));
    story.ends('p1', 'unallocated');
    t.match(story.asked('warn'), [{ subject: 'p1', message: /\+33611000001 .* does not exist/ }]);
    t.same(story.ends('p2', 'no-answer').ringing(), ['p2 a'], 'the second round leaves it out');
  });
  t.test('a trunk that refuses the caller’s number gets our own, once', async (t) => {
    const trunks = [trunk('a', { mayShow: ['line', 'caller'] }), trunk('b')];
    const story = hunt({ trunks, spec: { show: 'caller' } }).isOnCall(people(1));
    t.same(story.shown(), [[caller, line]], 'with Diversion');
    t.same(story.ends('p1', 'forbidden').shown(), [[line, undefined]]);
    t.same(story.ringing(), ['p1 a']);
    t.same(story.ends('p1', 'forbidden').ringing(), ['p1 b']);
  });
  t.test('a trunk that says nothing is left for the next; its late answer is hung up', async (t) => {
    const story = hunt().isOnCall(people(1));
    const silent = story.state().legs[0]?.id ?? '';
    t.same(story.timer('silent', 'p1').ringing(), ['p1 b']);
    t.match(story.happens({ type: 'leg-answered', leg: silent }).asked('hangup-leg'), [{ leg: silent }]);
    t.same(story.asked('ask-to-confirm'), []);
  });
  t.test('a number that our rules refuse is warned of, never dialled', async (t) => {
    const story = hunt().isOnCall(people(2, (n) => (n === 1 ? { phones: ['+33899123456'] } : {})));
    t.same(story.ringing(), ['p2 a']);
    t.match(story.asked('warn'), [{ subject: '+33899123456' }]);
  });
});

t.test('occupied people are waited for, and rung again', async (t) => {
  const story = hunt({ trunks: one }).isOnCall(people(2)).ends('p1', 'occupied');
  t.same(story.ends('p2', 'no-answer').ringing(), []);
  t.equal(story.exit(), undefined, 'the caller waits');
  t.match(story.asked('start-timer'), [{ name: 'hunt.retry' }]);
  t.same(story.timer('hunt.retry').ringing(), ['p1 a']);
  t.equal(story.ends('p1', 'no-answer').exit(), 'no-answer');
});

t.test('a retry that comes late leaves the people still to ring where they are', async (t) => {
  const story = hunt({ trunks: one }).isOnCall(people(3)).ends('p1', 'occupied');
  t.same(story.timer('hunt.retry').ringing(), ['p2 a']);
  t.same(story.ends('p2', 'no-answer').ringing(), ['p3 a']);
});

t.test('confirmation by key', async (t) => {
  t.test('a key before the question began does not count', async (t) => {
    const story = hunt({ trunks: one }).isOnCall(people(1)).answers('p1');
    t.same(story.presses('p1', '1').asked('bridge'), []);
    t.equal(story.hearsTheQuestion('p1').presses('p1', '1').asked('bridge').length, 1);
  });
  t.test('a star asks again, three times', async (t) => {
    const story = hunt({ trunks: one }).isOnCall(people(1)).answers('p1');
    const again = () => story.hearsTheQuestion('p1').presses('p1', '*').asked('ask-to-confirm').length;
    t.same([again(), again(), again(), again()], [1, 1, 1, 0]);
  });
  t.test('no key in time: hung up, and the next person', async (t) => {
    const story = hunt({ trunks: one }).isOnCall(people(2)).answers('p1').timer('confirm', 'p1');
    t.equal(story.asked('hangup-leg').length, 1);
    t.same(story.ringing(), ['p2 a']);
  });
  t.test('two keys in the same instant: one winner, the other hears that it is taken', async (t) => {
    const story = hunt({ trunks: one, levels: [{ strategy: 'parallel' }] }).isOnCall(people(3));
    story.answers('p1').hearsTheQuestion('p1').answers('p2').hearsTheQuestion('p2');
    const [first, second, third] = story.state().legs.map((leg) => leg.id);
    story.presses('p2', '1');
    t.match(story.asked('bridge'), [{ leg: second }]);
    t.match(story.asked('tell-and-hangup'), [{ leg: first, prompts: [{ text: 'Déjà pris.' }] }]);
    t.match(story.asked('hangup-leg'), [{ leg: third }]);
    t.same(story.happens({ type: 'leg-pressed', leg: first ?? '', digit: '1' }).asked('bridge'), []);
    t.equal(story.ends('p2', 'normal').exit(), 'answered');
  });
  t.test('a bridge that fails: the caller waits on, and nobody is said to have had them', async (t) => {
    const story = hunt({ trunks: one }).isOnCall(people(2)).answers('p1').hearsTheQuestion('p1').presses('p1', '1');
    story.happens({ type: 'effect-failed', effect: story.state().bridging ?? '', why: 'gone' });
    t.match(story.asked('wait'), [{ sound: 'music' }]);
    t.match(
      story.asked('start-timer').map((one) => ('name' in one ? one.name : '')),
      ['hunt.wait', 'hunt.words', /ring/],
    );
    t.same(story.ringing(), ['p2 a']);
    t.notOk(story.state().legs.some((leg) => leg.takenAt !== undefined));
    t.same(story.ends('p2', 'no-answer').ringing(), ['p1 a'], 'a leg lost by our fault is tried once more');
  });
  t.test('a transfer is joined when it answers', async (t) => {
    const story = hunt({ trunks: one, spec: { confirm: { by: 'answer' } } })
      .isOnCall(people(1))
      .answers('p1');
    t.equal(story.asked('bridge').length, 1);
  });
});

t.test('a detector listens first', async (t) => {
  const heard = (verdict: 'human' | 'machine', strong: boolean) => {
    const story = hunt({ trunks: one, listenMs: 3000 }).isOnCall(people(2)).answers('p1');
    const leg = story.state().legs[0]?.id ?? '';
    return story.happens({ type: 'leg-heard', leg, verdict, strong, ms: 900, because: 'test' });
  };
  t.equal(heard('human', true).asked('ask-to-confirm').length, 1, 'a person is asked at once');
  t.same(heard('machine', true).ringing(), ['p2 a'], 'a voicemail beyond doubt is left');
  t.same(heard('machine', false).ringing(), ['p1 a'], 'one in doubt is not');
  t.equal(heard('machine', false).timer('listen', 'p1').asked('ask-to-confirm').length, 1, 'it is asked in the end');
});

t.test('what seemed a machine and may have been a person is rung once more at the very end', async (t) => {
  const begun = (count = 1, levels = 1) =>
    hunt({ trunks: one, listenMs: 3000, levels: Array.from({ length: levels }, () => ({})) }).isOnCall(people(count));
  type Story = ReturnType<typeof begun>;
  const hears = (story: Story, verdict: Verdict, more: { strong?: boolean; certain?: true } = {}, person = 'p1') => {
    const leg = story.state().legs.findLast((one) => one.person === person)?.id ?? '';
    return story.happens({ type: 'leg-heard', leg, verdict, strong: false, ...more, ms: 900, because: 'test' });
  };
  /** Answers, says what is heard, is asked, and presses nothing. */
  const unconfirmed = (story: Story, verdict: Verdict) =>
    hears(story.answers('p1'), verdict).timer('listen', 'p1').timer('confirm', 'p1');

  t.test('an assistant talks like a machine: the second time it is heard out', async (t) => {
    const story = hears(begun().answers('p1'), 'machine', { strong: true });
    t.same(story.ringing(), ['p1 a'], 'rung again');
    hears(story.answers('p1'), 'machine', { strong: true }).timer('listen', 'p1');
    t.equal(story.asked('ask-to-confirm').length, 1);
    story.hearsTheQuestion('p1');
    t.equal(story.presses('p1', '1').asked('bridge').length, 1);
  });
  t.test('not before everybody else was tried, on every level', async (t) => {
    const story = hears(begun(2, 2).answers('p1'), 'machine', { strong: true });
    t.same(story.ringing(), ['p2 a']);
    t.equal(story.ends('p2', 'no-answer').asked('resolve-on-call').length, 1);
    t.same(story.isOnCall(people(3).slice(2)).ringing(), ['p3 a']);
    t.same(story.ends('p3', 'no-answer').ringing(), ['p1 a']);
    t.equal(story.ends('p1', 'no-answer').exit(), 'no-answer');
  });
  t.test('once: a machine for certain is left at its beep, and nobody is rung a third time', async (t) => {
    const story = hears(begun().answers('p1'), 'machine', { strong: true });
    t.equal(hears(story.answers('p1'), 'machine', { strong: true, certain: true }).exit(), 'no-answer');
    const silent = unconfirmed(begun(), 'unsure');
    t.equal(unconfirmed(silent, 'unsure').exit(), 'no-answer');
    t.equal(silent.state().legs.length, 2);
  });
  t.test('a tone, or silence: perhaps a switchboard', async (t) => {
    t.same(unconfirmed(begun(), 'tone').ringing(), ['p1 a']);
    t.same(unconfirmed(begun(), 'unsure').ringing(), ['p1 a']);
  });
  t.test('not a person who was heard, a beep that was heard, or somebody who put the phone down', async (t) => {
    t.equal(unconfirmed(begun(), 'human').exit(), 'no-answer');
    t.equal(hears(begun().answers('p1'), 'machine', { strong: true, certain: true }).exit(), 'no-answer');
    t.equal(hears(begun().answers('p1'), 'unsure').ends('p1', 'normal').exit(), 'no-answer');
  });
  t.test('nor one who has said no meanwhile on another phone', async (t) => {
    const two = people(1, () => ({ phones: ['+33611000001', '+33611000011'] }));
    const story = hunt({ trunks: one, listenMs: 3000 }).isOnCall(two);
    hears(story.answers('p1'), 'machine', { strong: true });
    t.same(story.numbers(), ['+33611000011']);
    t.equal(story.ends('p1', 'declined').exit(), 'no-answer');
  });
  t.test('whoever comes after a tone hears the question from its beginning', async (t) => {
    const story = hears(begun().answers('p1'), 'tone').timer('listen', 'p1').hearsTheQuestion('p1');
    const question = story.state().legs[0]?.question;
    hears(story, 'human');
    t.match(story.asked('stop-play'), [{ playback: question }]);
    t.equal(story.asked('ask-to-confirm').length, 1);
    t.equal(story.presses('p1', '1').asked('bridge').length, 0, 'a key counts only once it began');
    t.equal(story.hearsTheQuestion('p1').presses('p1', '1').asked('bridge').length, 1);
  });
});

t.test('the longest wait', async (t) => {
  t.test('phones stop ringing, who is being asked may still say yes', async (t) => {
    const story = hunt({ trunks: one, levels: [{ strategy: 'parallel' }] }).isOnCall(people(2));
    story.answers('p1').hearsTheQuestion('p1').timer('hunt.wait');
    t.same(story.ringing(), ['p1 a']);
    t.equal(story.exit(), undefined);
    t.equal(story.presses('p1', '1').asked('bridge').length, 1);
  });
  t.test('nobody is being asked: the hunt is over', async (t) => {
    const story = hunt({ trunks: one }).isOnCall(people(2)).timer('hunt.wait');
    t.equal(story.exit(), 'no-answer');
    t.same(story.ringing(), []);
  });
});

t.test('escalation over three levels', async (t) => {
  const levels = [
    { target: { planning: 'technique' } },
    { target: { planning: 'renfort' }, strategy: 'parallel' as const },
    { target: { number: '+33122334455' } },
  ];
  const story = hunt({ trunks: one, levels });
  t.match(story.asked('resolve-on-call'), [{ target: { planning: 'technique' } }]);
  t.match(
    story.isOnCall([]).asked('resolve-on-call'),
    [{ target: { planning: 'renfort' } }],
    'an empty level is passed',
  );
  t.same(story.isOnCall(people(2)).ringing(), ['p1 a', 'p2 a']);
  story.ends('p1', 'no-answer').ends('p2', 'no-answer');
  t.match(story.asked('resolve-on-call'), [{ target: { number: '+33122334455' } }]);
  t.same(story.isOnCall(people(1)).ringing(), ['p1 a']);
  t.equal(story.ends('p1', 'no-answer').exit(), 'no-answer');
  t.equal(story.state().because.length, 3, 'why each level had whom it had is on record');
});

t.test('nobody on any level is an empty planning', async (t) => {
  t.equal(
    hunt({ levels: [{}, {}] })
      .isOnCall([])
      .isOnCall([])
      .exit(),
    'empty-planning',
  );
});

t.test('the caller hangs up: every phone stops', async (t) => {
  const story = hunt({ trunks: one, levels: [{ strategy: 'parallel' }] })
    .isOnCall(people(3))
    .callerGone();
  t.equal(story.exit(), 'caller-gone');
  t.equal(story.asked('hangup-leg').length, 3);
});
