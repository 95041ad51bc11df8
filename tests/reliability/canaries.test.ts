import { expect, it } from 'vitest';
import { runCanaries } from './canaries.ts';

it('two agents with a project each see nothing of the other one, in 500 mixed calls', async () => {
  const { answered, refused, leaks, seed } = await runCanaries(500);
  expect({ seed, leaks }).toEqual({ seed, leaks: [] });
  // Otherwise there was nothing to look at.
  expect(answered).toBeGreaterThan(150);
  expect(refused).toBeGreaterThan(30);
}, 120_000);
