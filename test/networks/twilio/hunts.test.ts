// The stories of people who are sought, unchanged, on the other network. They measure ringing in real seconds.
process.env.TEST_CARRIER = 'twilio';
process.env.TEST_SPEED = '1';
await import('../../line/hunt.test.ts');
