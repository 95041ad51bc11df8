import { expect, it } from 'vitest';
import { daysAfter, workingDaysAfter } from '../../../functions/jira/api/shownSprint.ts';

// 2026-11-27 is a Friday.
it.each([
  ['2026-11-23', '2026-11-27', 4, 4],
  ['2026-11-27', '2026-11-27', 0, 0],
  ['2026-11-27', '2026-11-29', 2, 0],
  ['2026-11-27', '2026-11-30', 3, 1],
  ['2026-11-28', '2026-11-30', 2, 1],
  ['2026-11-25', '2026-12-09', 14, 10],
  ['2026-11-25', '2026-12-12', 17, 12],
  ['2026-12-01', '2026-11-27', -4, 0],
  ['2026-03-20', '2026-04-03', 14, 10],
])('after %s there are up to %s %i days, %i of them from Monday to Friday', (today, end, days, working) => {
  expect([daysAfter(today, end), workingDaysAfter(today, end)]).toEqual([days, working]);
});
