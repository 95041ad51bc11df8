import { expect, it } from 'vitest';
import { runUsers } from './runUsers.ts';

it.each(['own sign-in', 'service credential'] as const)(
  'users with different rights, by %s, see nothing of what they may not see, in 500 mixed calls',
  async way => {
    const { answeredOf, refused, failed, shown, continued, swapped, leaks, seed } = await runUsers(500, way);
    expect({ seed, leaks }).toEqual({ seed, leaks: [] });
    // Otherwise there was nothing to look at.
    expect(answeredOf.jira).toBeGreaterThan(25);
    expect(answeredOf.salesforce).toBeGreaterThan(25);
    expect(refused + failed).toBeGreaterThan(50);
    expect(shown).toBeGreaterThan(20);
    expect(continued).toBeGreaterThan(0);
    expect(swapped).toBeGreaterThan(0);
  },
  180_000,
);
