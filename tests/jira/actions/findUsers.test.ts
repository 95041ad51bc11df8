import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('findUsers', () => {
  it('finds people, not apps and not who has left', async () => {
    const { body } = await app.read('findUsers', { person: 'sam' });
    expect(body.users).toEqual([
      { accountId: expect.any(String), name: 'Sam Taylor', email: 'sam.taylor@example.com' },
      { accountId: expect.any(String), name: 'Sam Tyler', email: 'sam.tyler@example.com' },
    ]);
    expect((await app.read('findUsers', { person: 'Automation' })).body.users).toEqual([]);
    expect((await app.read('findUsers', { person: 'Marta' })).body.users).toEqual([]);
  });

  it('goes on page by page', async () => {
    expect((await app.readAll('findUsers', 'users', { person: 'sam', limit: '1' })).map(({ name }) => name)).toEqual([
      'Sam Taylor',
      'Sam Tyler',
    ]);
  });
});

agreesWithOpenApi(() => app.jira);
