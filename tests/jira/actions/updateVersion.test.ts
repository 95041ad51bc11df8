import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

const update = (version: string, changes: object) =>
  app.write('updateVersion', { projectId: 'ATLAS', version, ...changes });

let made = 0;

/** Creates a version with so many issues of which the first is done. @returns its name and the issues' keys */
async function newVersion(issues = 0, more: object = {}) {
  const name = `Release ${++made}`;
  await app.write('createVersion', { projectId: 'ATLAS', name, ...more });
  const keys: string[] = [];
  for (let at = 0; at < issues; at += 1) {
    const issueKey = await app.newTask();
    keys.push(issueKey);
    const version = app.jira.site.projects.flatMap(({ versions }) => versions).find(each => each.name === name);
    Object.assign(app.issue(issueKey).values, {
      fixVersions: [version?.id],
      ...(at === 0 && { status: '10003', resolution: '10000' }),
    });
  }
  app.costs();
  return { name, keys };
}

const versionsOf = (issueKey: string) => {
  const versions = app.jira.site.projects.flatMap(project => project.versions);
  return [app.issue(issueKey).values.fixVersions ?? []].flat().map(id => versions.find(each => each.id === id)?.name);
};

describe('updateVersion', () => {
  it('releases a version, moves what is open to another one, and says how many issues those were', async () => {
    const { name, keys } = await newVersion(3);
    const { body } = await update(name, { state: 'released', openIssuesTo: '2.5', releaseDate: '2026-11-30' });
    expect(body).toMatchObject({
      name,
      state: 'released',
      releaseDate: '2026-11-30',
      issuesMoved: 2,
      changes: [
        { field: 'Release date', to: '2026-11-30' },
        { field: 'Released', from: 'no', to: 'yes' },
      ],
    });
    expect(body.note).toBeUndefined();
    expect(keys.map(versionsOf)).toEqual([[name], ['2.5'], ['2.5']]);
    expect(app.costs()).toHaveLength(4);
  });

  it.each([undefined, 'stay'])('leaves what is open where openIssuesTo is %s, and says so', async openIssuesTo => {
    const { name, keys } = await newVersion(2);
    const { body } = await update(name, { state: 'released', openIssuesTo });
    expect(body.note).toContain('1 unresolved issue stayed');
    expect(body.issuesMoved).toBeUndefined();
    expect(keys.map(versionsOf)).toEqual([[name], [name]]);
  });

  it('dates a release today that has no day or one that is to come, and says from which', async () => {
    // By the clock of the sandbox's account.
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' }).format(new Date());
    const { name } = await newVersion();
    const { body } = await update(name, { state: 'released' });
    expect([body.releaseDate, body.note]).toEqual([today, undefined]);
    const { name: planned } = await newVersion(0, { releaseDate: '2099-01-31' });
    const { body: early } = await update(planned, { state: 'released' });
    expect(early.changes).toContainEqual({ field: 'Release date', from: '2099-01-31', to: today });
    expect(early.note).toContain('planned for 2099-01-31');
  });

  it('keeps a day that is past, one that is given, and one before which it does not start, and says so', async () => {
    const release = async (days: object, changes: object = {}) => {
      const { name } = await newVersion(0, days);
      const { body } = await update(name, { state: 'released', ...changes });
      return [body.releaseDate, body.note];
    };
    expect(await release({ releaseDate: '2026-01-31' })).toEqual(['2026-01-31', expect.stringContaining('stays')]);
    const given = { releaseDate: '2099-02-01' };
    expect(await release({ releaseDate: '2099-01-31' }, given)).toEqual(['2099-02-01', undefined]);
    const later = { startDate: '2099-01-01', releaseDate: '2099-01-31' };
    expect(await release(later)).toEqual(['2099-01-31', expect.stringContaining('start date, 2099-01-01')]);
  });

  it('says that a version is released already, sends nothing, and moves no issue', async () => {
    const { name, keys } = await newVersion(2);
    await update(name, { state: 'released' });
    app.costs();
    const { status, body } = await update(name, { state: 'released', openIssuesTo: '2.5' });
    expect(status).toBe(200);
    expect(body.note).toContain('it is so already: Released (yes)');
    expect(body.note).toMatch(/No issue was moved.*updateIssues/);
    expect(app.costs()).toEqual(['GET project/ATLAS/versions']);
    expect(keys.map(versionsOf)).toEqual([[name], [name]]);
  });

  it('renames, dates, describes and archives, and takes each back', async () => {
    const { name } = await newVersion(0, { releaseDate: '2027-01-31', description: 'First.' });
    const { body } = await update(name, {
      newName: `${name}b`,
      releaseDate: 'none',
      description: 'none',
      state: 'archived',
    });
    expect(body.changes).toEqual([
      { field: 'Name', from: name, to: `${name}b` },
      { field: 'Description', from: 'First.' },
      { field: 'Release date', from: '2027-01-31' },
      { field: 'Archived', from: 'no', to: 'yes' },
    ]);
    const { body: back } = await update(`${name}b`, {
      state: 'restored',
      newName: `${name}b`,
      startDate: '2027-01-02',
    });
    expect(back).toMatchObject({ state: 'unreleased', startDate: '2027-01-02', note: 'Not changed: Name.' });
  });

  it('takes back a release', async () => {
    const { name } = await newVersion();
    await update(name, { state: 'released' });
    const { body } = await update(name, { state: 'unreleased' });
    expect(body.changes).toEqual([{ field: 'Released', from: 'yes', to: 'no' }]);
  });

  it('names the near ones where it knows no such version, and takes an ID where no name is meant', async () => {
    const { status, body } = await update('2.45', { state: 'released' });
    expect([status, body.code, body.errors[0]?.field]).toEqual([404, 'not_found', 'version']);
    expect(body.detail).toMatch(/nearest are .*2\.4/);
    const { body: to } = await update('2.5', { state: 'released', openIssuesTo: 'nowhere' });
    expect(to.errors[0]?.field).toBe('openIssuesTo');
    expect((await update('10501', { description: 'By its ID.' })).body.name).toBe('2.5');
  });

  it('prefers a name that is a number to an ID', async () => {
    await app.write('createVersion', { projectId: 'ATLAS', name: '10501' });
    expect((await update('10501', { description: 'By its name.' })).body.name).toBe('10501');
  });

  it.each([
    ['nothing to change', {}, 'state'],
    ['issues to move without a release', { openIssuesTo: '2.4' }, 'state'],
    ['the version itself for its open issues', { state: 'released', openIssuesTo: '2.5' }, 'openIssuesTo'],
    ['an archived one for its open issues', { state: 'released', openIssuesTo: '2.3' }, 'openIssuesTo'],
    ['a day before it starts', { releaseDate: '2020-01-01' }, 'releaseDate'],
    ['a name that another one has', { newName: '2.4' }, 'newName'],
  ])('refuses %s', async (_, changes, field) => {
    const { body } = await update('2.5', changes);
    expect(body.errors?.[0]?.field).toBe(field);
    expect(app.costs().filter(cost => cost.startsWith('PUT'))).toEqual([]);
  });

  it('reads the version again where the answer was lost', async () => {
    const { name } = await newVersion(2);
    app.jira.fail({ method: 'PUT', path: '/version/', reset: 'after' });
    const { body } = await update(name, { state: 'released', openIssuesTo: '2.5' });
    expect(body).toMatchObject({ state: 'released', issuesMoved: 1, note: expect.stringContaining('did not confirm') });
    app.jira.fail({ method: 'PUT', path: '/version/', reset: 'before' });
    const { body: lost } = await update(name, { state: 'archived' });
    expect(lost).toMatchObject({ code: 'upstream_timeout', retryable: false });
  });

  it('says of which issues it could not read whether they moved', async () => {
    const { name } = await newVersion(2);
    app.jira.fail({ path: '/unresolvedIssueCount$', status: 200, body: '{"issuesUnresolvedCount":1}' });
    app.jira.fail({ path: '/unresolvedIssueCount$', status: 500, times: 9 });
    const { body } = await update(name, { state: 'released', openIssuesTo: '2.5' });
    expect(body.note).toContain('could not be read');
    app.jira.clearFaults();
  });

  it('tells which permission is missing', async () => {
    app.jira.fail({ method: 'PUT', path: '/version/', status: 403, body: '{"errorMessages":["No."]}' });
    const { body } = await update('2.5', { description: 'Not allowed.' });
    expect(body.code).toBe('forbidden');
    expect(body.detail).toContain('Administer projects in ATLAS');
  });
});

agreesWithOpenApi(() => app.jira);
