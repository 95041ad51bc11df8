import { expect, it } from 'vitest';
import { runHostileTexts } from './runHostileTexts.ts';

it('texts of ten times the vendors limits stop nothing, are answered within their size, and are safe to show', async () => {
  const report = await runHostileTexts(2_000_000);
  expect(report.bad).toEqual([]);
  expect(report.calls).toBeGreaterThan(100);
  expect(report.answered / report.calls).toBeGreaterThan(0.8);
  // A text that is not worked on in linear time holds the process up for seconds; how fast a busy machine is counts less.
  expect(report.latestHealth.milliseconds).toBeLessThan(1_000 + 20 * report.quietHealth);
}, 240_000);
