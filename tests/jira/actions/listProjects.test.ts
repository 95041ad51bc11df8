import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

const keys = () => app.jira.site.projects.map(({ key }) => key).sort();

describe('listProjects', () => {
  it('lists projects by key in one request, and finds one by a part of its name', async () => {
    const { body } = await app.read('listProjects');
    expect(body.projects.map(({ key }: { key: string }) => key)).toEqual(keys());
    expect(app.costs()).toEqual(['GET project/search']);
    expect((await app.read('listProjects', { term: 'com' })).body.projects).toEqual([
      expect.objectContaining({ key: 'COMET', lead: 'Priya Natarajan', url: `${app.jira.url}/browse/COMET` }),
    ]);
  });

  it('goes on page by page', async () => {
    expect((await app.readAll('listProjects', 'projects', { limit: '1' })).map(({ key }) => key)).toEqual(keys());
  });
});

agreesWithOpenApi(() => app.jira);
