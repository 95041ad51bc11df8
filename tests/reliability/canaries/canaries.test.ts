import { expect, it } from 'vitest';
import { runCanaries } from './runCanaries.ts';

it('callers with different policies see nothing of what is closed to them, in 500 mixed calls', async () => {
  const { answered, refused, shown, continued, swapped, leaks, seed } = await runCanaries(500);
  expect({ seed, leaks }).toEqual({ seed, leaks: [] });
  // Otherwise there was nothing to look at.
  expect(answered).toBeGreaterThan(70);
  expect(refused).toBeGreaterThan(50);
  expect(shown).toBeGreaterThan(20);
  expect(continued).toBeGreaterThan(0);
  expect(swapped).toBeGreaterThan(0);
}, 120_000);
