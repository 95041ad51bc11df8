import { describe, expect, it } from 'vitest';
import { endOf } from '../../../functions/jira/api/sprints.ts';

const DAY_MS = 86_400_000;

/** A list of so many closed sprints, the oldest first, as Jira pages it; how often it was asked is counted. */
function listOf(count: number, { tellsTotal }: { tellsTotal: boolean }) {
  const all = Array.from({ length: count }, (_, at) => {
    const end = new Date(Date.UTC(2016, 0) + at * 7 * DAY_MS);
    return { id: at, name: `Week ${at}`, state: 'closed' as const, goal: undefined, start: end, end, completed: end };
  });
  const asked: number[] = [];
  return {
    asked,
    async load(startAt: number) {
      asked.push(startAt);
      const values = all.slice(startAt, startAt + 50);
      const isLast = startAt + values.length >= count;
      return { values, isLast, total: tellsTotal ? count : undefined };
    },
  };
}

describe('the end of a list of closed sprints', () => {
  it.each([0, 1, 49, 50, 51, 99, 100, 101, 149, 150, 151, 200, 201, 399, 403, 950])(
    'is found in one of %i',
    async count => {
      for (const tellsTotal of [true, false]) {
        const { load, asked } = listOf(count, { tellsTotal });
        const { sprints, before } = await endOf(load);
        const last = Array.from({ length: Math.min(count, 20) }, (_, at) => count - 1 - at);
        expect(sprints.slice(0, 20).map(({ id }) => id)).toEqual(last);
        expect(before + sprints.length).toBe(count);
        expect(asked.length).toBeLessThanOrEqual(tellsTotal ? 2 : 12);
      }
    },
  );
});
