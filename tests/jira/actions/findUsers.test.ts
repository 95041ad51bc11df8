import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('findUsers', () => {
  it('finds people, and says who is none of the staff', async () => {
    const { body } = await app.read('findUsers', { person: 'sam' });
    expect(body.users).toEqual([
      { accountId: expect.any(String), name: 'Sam Taylor', email: 'sam.taylor@example.com' },
      { accountId: expect.any(String), name: 'Sam Tyler', email: 'sam.tyler@example.com' },
    ]);
    const kinds = [
      { displayName: 'Automation for Jira', accountType: 'app', kind: 'app' },
      { displayName: 'Carla Client', accountType: 'customer', kind: 'customer' },
      { displayName: 'Marta Olsen', accountType: 'atlassian', active: false, kind: 'left' },
    ];
    for (const { kind, ...user } of kinds) {
      app.answerNext('user/search$', [{ accountId: 'x', ...user }]);
      const { body: found } = await app.read('findUsers', { person: user.displayName });
      expect(found.users).toEqual([{ accountId: 'x', name: user.displayName, kind }]);
    }
  });

  it('tells the organisations of customers where they are asked for, and nowhere else', async () => {
    const { body } = await app.read('findUsers', { person: 'carla', withOrganizations: 'true' });
    expect(body.users).toMatchObject([{ name: 'Carla Client', organizations: ['Contoso', 'Fabrikam'] }]);
    app.costs();
    const { body: plain } = await app.read('findUsers', { person: 'maria' });
    expect(plain.users[0]).not.toHaveProperty('organizations');
    expect(app.costs()).toHaveLength(1);
    app.jira.fail({ path: '/organization$', status: 403, body: '{"errorMessage":"No agent."}' });
    const { body: closed } = await app.read('findUsers', { person: 'maria', withOrganizations: 'true' });
    expect(closed.users[0]).not.toHaveProperty('organizations');
    const { body: staff } = await app.read('findUsers', { person: 'ana', withOrganizations: 'true' });
    expect(staff.users).toMatchObject([{ name: 'Ana Ruiz', organizations: [] }]);
  });

  it('goes on page by page', async () => {
    expect((await app.readAll('findUsers', 'users', { person: 'sam', limit: '1' })).map(({ name }) => name)).toEqual([
      'Sam Taylor',
      'Sam Tyler',
    ]);
  });
});

agreesWithOpenApi(() => app.jira);
