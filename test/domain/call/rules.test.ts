// The rules of a call where one phone rings at a time, or whoever answers is joined.
import t from 'tap';
import { oneByOne } from './configs.ts';
import { walksAll } from './walks.ts';

// One long computation: scripts/test.ts ends it if it hangs.
t.setTimeout(0);

t.test('every event in every reachable state, one after the other', async (t) => walksAll(t, oneByOne));
