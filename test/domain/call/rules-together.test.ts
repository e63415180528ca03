// The rules of a call where several phones ring at once.
import t from 'tap';
import { configs, oneByOne } from './configs.ts';
import { walksAll } from './walks.ts';

// One long computation: scripts/test.ts ends it if it hangs.
t.setTimeout(0);

const together = configs.filter((one) => !oneByOne.includes(one));
t.test('every event in every reachable state, several phones at once', async (t) => walksAll(t, together));
