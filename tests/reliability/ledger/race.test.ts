import { expect, it } from 'vitest';
import { runRace } from './runRace.ts';

it('two processes that are killed make each of 50 writes once, whatever goes wrong', async () => {
  const { seed, wrong, settings, kills, faults, done } = await runRace(50);
  expect({ seed, wrong }).toEqual({ seed, wrong: [] });
  expect(settings.length).toBeGreaterThan(0);
  for (const { action, made } of settings) expect({ seed, action, made }).toEqual({ seed, action, made: 3 });
  // Otherwise nothing was tried.
  expect(kills).toBeGreaterThan(0);
  expect(faults).toBeGreaterThan(10);
  expect(done).toBeGreaterThan(10);
}, 180_000);
