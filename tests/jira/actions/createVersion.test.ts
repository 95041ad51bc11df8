import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

const atlas = () => app.jira.site.projects.find(({ key }) => key === 'ATLAS')?.versions ?? [];
const called = (name: string) => atlas().filter(version => version.name === name);

describe('createVersion', () => {
  it('creates an unreleased version with its dates and description', async () => {
    const { body } = await app.write('createVersion', {
      projectId: 'ATLAS',
      name: '3.0',
      startDate: '2026-12-01',
      releaseDate: '2026-12-24T00:00:00Z',
      description: 'The big one.',
    });
    expect(body).toEqual({
      name: '3.0',
      state: 'unreleased',
      startDate: '2026-12-01',
      releaseDate: '2026-12-24',
      description: 'The big one.',
      url: `${app.jira.url}/projects/ATLAS/versions/${called('3.0')[0]?.id}`,
    });
  });

  it('refuses a name that the project has, in any case, and tells what that version is', async () => {
    for (const name of ['2.4', ' 2.4 ']) {
      const { status, body } = await app.write('createVersion', { projectId: 'ATLAS', name });
      expect([status, body.code, body.errors[0]?.field]).toEqual([409, 'conflict', 'name']);
      expect(body.detail).toContain('released');
    }
    await app.write('createVersion', { projectId: 'ATLAS', name: 'Spring' });
    expect((await app.write('createVersion', { projectId: 'ATLAS', name: 'SPRING' })).body.code).toBe('conflict');
    expect(app.sent('POST', /\/version$/)).toMatchObject({ name: 'Spring' });
  });

  it('says so as well where somebody else was faster', async () => {
    app.answerNext('/project/ATLAS/versions$', []);
    const { body } = await app.write('createVersion', { projectId: 'ATLAS', name: '2.4' });
    expect([body.code, body.errors[0]?.field]).toEqual(['conflict', 'name']);
  });

  it('answers the same call made again with what the first one did', async () => {
    const input = { projectId: 'ATLAS', name: 'Once' };
    await app.write('createVersion', input);
    const { body } = await app.write('createVersion', input);
    expect(body).toMatchObject({ name: 'Once', deduplicated: true });
    expect(called('Once')).toHaveLength(1);
  });

  it('reads the version again where the answer was lost, and leaves it open where it is not there', async () => {
    app.jira.fail({ method: 'POST', path: '/version$', reset: 'after' });
    const { body } = await app.write('createVersion', { projectId: 'ATLAS', name: 'Lost' });
    expect(body).toMatchObject({ name: 'Lost', state: 'unreleased', note: expect.stringContaining('did not confirm') });
    app.jira.fail({ method: 'POST', path: '/version$', reset: 'before' });
    const { body: gone } = await app.write('createVersion', { projectId: 'ATLAS', name: 'Gone' });
    expect(gone).toMatchObject({ code: 'upstream_timeout', retryable: false });
  });

  it('is known at once to whoever creates issues, and one that there is not costs one look more', async () => {
    const issue = (version: string) => ({
      projectId: 'ATLAS',
      issueType: 'Task',
      additionalFields: JSON.stringify({ 'Fix versions': [version] }),
    });
    await app.write('createIssue', { ...issue('2.5'), summary: 'What is kept of the fields is read now' });
    await app.write('createVersion', { projectId: 'ATLAS', name: 'Just made' });
    const { status } = await app.write('createIssue', { ...issue('Just made'), summary: 'For the new version' });
    expect(status).toBe(200);
    await app.write('createVersion', { projectId: 'ATLAS', name: 'Made later' });
    const issues = 'One for it\nAnother one for it';
    const { body } = await app.write('createIssues', { projectId: 'ATLAS', issues, fixVersion: 'Made later' });
    expect(body.items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['planned', 'planned']);
    app.costs();
    const { body: refused } = await app.write('createIssue', { ...issue('Nowhere'), summary: 'For none' });
    expect(refused.code).toBe('invalid_input');
    expect(app.costs().filter(request => request.includes('createmeta')).length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['before it starts', { startDate: '2026-12-24', releaseDate: '2026-12-01' }],
    ['a day that is none', { releaseDate: '2026-02-30' }],
    ['a word', { releaseDate: 'soon' }],
  ])('refuses a release date that is %s', async (_, days) => {
    const { status, body } = await app.write('createVersion', { projectId: 'ATLAS', name: 'Never', ...days });
    expect([status, body.errors[0]?.field]).toEqual([400, 'releaseDate']);
    expect(called('Never')).toEqual([]);
  });

  it.each([
    [403, '{"errorMessages":["You do not have permission."],"errors":{}}'],
    [404, '{"errorMessages":["The project does not exist or you do not have permission to view it."],"errors":{}}'],
    [400, '{"errorMessages":["You must have global or project administrator rights in order to modify versions."]}'],
  ])('tells which permission is missing where Jira answers %i', async (status, answer) => {
    app.jira.fail({ method: 'POST', path: '/version$', status, body: answer });
    const { body } = await app.write('createVersion', { projectId: 'ATLAS', name: `Not allowed ${status}` });
    expect(body.code).toBe('forbidden');
    expect(body.detail).toContain('Administer projects in ATLAS');
  });
});

agreesWithOpenApi(() => app.jira);
