// The stories of test/line, unchanged, on the other network: what callers and technicians live through does not depend on it.
process.env.TEST_CARRIER = 'twilio';
process.env.TEST_SPEED = '4';
await import('../../line/flows.test.ts');
