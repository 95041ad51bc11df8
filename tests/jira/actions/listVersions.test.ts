import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

const names = (versions: { name: string }[]) => versions.map(({ name }) => name);

describe('listVersions', () => {
  it('tells dates, what is overdue, and how many issues are left of all', async () => {
    const { body } = await app.read('listVersions', { projectId: 'BEACON' });
    expect(body.versions).toEqual([
      {
        name: '1.0',
        state: 'unreleased',
        isOverdue: true,
        releaseDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        description: 'Alerts that can be trusted.',
        issuesLeft: 0,
        issues: 0,
        url: `${app.jira.url}/projects/BEACON/versions/10502`,
      },
    ]);
    expect(app.costs()).toEqual(['GET project/BEACON/version', 'GET project/BEACON/version']);
    expect(body.nextPageToken).toBeUndefined();
  });

  it('ends where nothing is left, also where the page is full', async () => {
    const { body } = await app.read('listVersions', { projectId: 'BEACON', limit: '1' });
    expect([body.versions.length, body.nextPageToken]).toEqual([1, undefined]);
    const { body: first } = await app.read('listVersions', { projectId: 'ATLAS', limit: '1' });
    const { body: last } = await app.read('listVersions', {
      projectId: 'ATLAS',
      limit: '1',
      pageToken: first.nextPageToken,
    });
    expect([names(last.versions), last.nextPageToken]).toEqual([['2.4'], undefined]);
  });

  it('lists unreleased ones before released ones, and archived ones only where they are asked for', async () => {
    const { body } = await app.read('listVersions', { projectId: 'ATLAS' });
    expect(names(body.versions)).toEqual(['2.5', '2.4']);
    expect(body.versions[1]).toMatchObject({ state: 'released', issues: 2 });
    app.costs();
    const { body: archived } = await app.read('listVersions', { projectId: 'ATLAS', state: 'archived' });
    expect(names(archived.versions)).toEqual(['2.3']);
    expect(app.costs()).toEqual(['GET project/ATLAS/version']);
  });

  it('counts the issues that are not done by their status', async () => {
    const { body: before } = await app.read('listVersions', { projectId: 'ATLAS', state: 'unreleased' });
    for (const status of ['To Do', 'In Progress']) {
      const issueKey = await app.newTask();
      await app.write('updateIssue', { issueKey, addFixVersions: '2.5' });
      if (status !== 'To Do') await app.write('transitionIssue', { issueKey, status });
    }
    const { body: after } = await app.read('listVersions', { projectId: 'ATLAS', state: 'unreleased' });
    const grown = (of: 'issues' | 'issuesLeft') => after.versions[0][of] - before.versions[0][of];
    expect([grown('issues'), grown('issuesLeft')]).toEqual([2, 2]);
  });

  it('orders by date, and loses and doubles none from page to page', async () => {
    const days: readonly (string | undefined)[] = ['2027-05-01', '2027-03-01', undefined, '2027-04-01'];
    for (const [at, releaseDate] of days.entries()) {
      await app.write('createVersion', { projectId: 'COMET', name: `New ${at}`, releaseDate });
      await app.write('createVersion', { projectId: 'COMET', name: `Old ${at}`, releaseDate });
      await app.write('updateVersion', { projectId: 'COMET', version: `Old ${at}`, state: 'released', releaseDate });
    }
    const wanted = ['New 1', 'New 3', 'New 0', 'New 2', 'Old 0', 'Old 3', 'Old 1', 'Old 2'];
    expect(names((await app.read('listVersions', { projectId: 'COMET' })).body.versions)).toEqual(wanted);
    for (const limit of ['1', '3', '4']) {
      const all = await app.readAll('listVersions', 'versions', { projectId: 'COMET', limit });
      expect(all.map(({ name }) => name)).toEqual(wanted);
    }
  });

  it('takes a project by its ID, and says so where there is none', async () => {
    const { body } = await app.read('listVersions', { projectId: '10011' });
    expect(body.versions[0].url).toContain('/projects/BEACON/versions/');
    const { status, body: none } = await app.read('listVersions', { projectId: 'NOPE' });
    expect([status, none.code]).toEqual([404, 'not_found']);
  });
});

agreesWithOpenApi(() => app.jira);
