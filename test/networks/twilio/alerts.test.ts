// The stories of alerts, unchanged, on the other network: an urgency rings until somebody says « I have it », whoever carries the call.
process.env.TEST_CARRIER = 'twilio';
process.env.TEST_SPEED = '4';
await import('../../line/alerts.test.ts');
