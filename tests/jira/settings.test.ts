import { describe, expect, it } from 'vitest';
import { jira } from '../../functions/jira/system.ts';
import { readConfig } from '../../shared/settings/config.ts';

const site = 'https://contoso.atlassian.net';
const two = `${site}, https://fabrikam.atlassian.net/`;
const problems = (env: Record<string, string>) =>
  readConfig(env)
    .of(jira)
    .problems()
    .map(({ message }) => message);
const sites = (urls: string, ids: string) =>
  jira.sites?.(readConfig({ JIRA_AUTH: 'caller', JIRA_BASE_URL: urls, JIRA_CLOUD_ID: ids }).of(jira).read());

describe('Jira where its callers sign in themselves', () => {
  it('needs the address and the cloud ID of its site, and neither an account nor a secret', () => {
    const env = { JIRA_AUTH: 'Caller', JIRA_BASE_URL: site, JIRA_CLOUD_ID: 'a-1' };
    expect(problems(env)).toEqual([]);
    expect(problems({ ...env, JIRA_CLOUD_ID: '' })).toEqual([expect.stringContaining('JIRA_CLOUD_ID is not set')]);
    expect(problems({ JIRA_AUTH: 'caller', JIRA_CLOUD_ID: 'a-1' })).toEqual([
      expect.stringContaining('JIRA_BASE_URL is not set'),
    ]);
    const needed = Object.values(jira.secrets).filter(({ isNeeded }) =>
      isNeeded({ ...env, JIRA_AUTH: 'caller', JIRA_EMAIL: 'bot@example.com', JIRA_CLIENT_ID: 'client' }),
    );
    expect(needed).toEqual([]);
  });

  it('takes several sites, by the first labels of their hosts where those tell them apart', () => {
    expect(sites(two, 'a-1, b-2')).toEqual(['contoso', 'fabrikam']);
    expect(sites('https://jira.contoso.com, https://jira.fabrikam.com', 'a,b')).toEqual([
      'jira.contoso.com',
      'jira.fabrikam.com',
    ]);
    expect(sites('http://127.0.0.1:4001,http://127.0.0.1:4002', 'a,b')).toEqual(['127.0.0.1:4001', '127.0.0.1:4002']);
  });

  it.each([
    ['fewer cloud IDs than sites', two, 'a-1', 'JIRA_CLOUD_ID is wrong'],
    ['more cloud IDs than sites', site, 'a-1,b-2', 'JIRA_CLOUD_ID is wrong'],
    ['a site twice', `${site},${site}/`, 'a-1,b-2', 'JIRA_BASE_URL is wrong'],
    ['a cloud ID twice', two, 'a-1,a-1', 'JIRA_CLOUD_ID is wrong'],
    ['an empty place', `${site},`, 'a-1', 'JIRA_BASE_URL is wrong'],
    ['a site without https', `${site},http://fabrikam.atlassian.net`, 'a-1,b-2', 'It must be an https URL'],
    ['a path for a cloud ID', site, '../a', 'JIRA_CLOUD_ID is wrong'],
  ])('refuses %s', (_, urls, ids, told) => {
    expect(problems({ JIRA_AUTH: 'caller', JIRA_BASE_URL: urls, JIRA_CLOUD_ID: ids })).toContainEqual(
      expect.stringContaining(told),
    );
  });

  it.each([
    ['a user map', { JIRA_USER_MAP: '*@a.com=*@b.com' }, 'JIRA_USER_MAP is wrong. Remove it'],
    ['limits of an account of the service', { JIRA_RUN_AS: 'caller' }, 'JIRA_RUN_AS is wrong. Remove it'],
  ])('tells that %s has no place there', (_, more, told) => {
    const env = { JIRA_AUTH: 'caller', JIRA_BASE_URL: site, JIRA_CLOUD_ID: 'a-1', ...more };
    expect(problems(env)).toContainEqual(expect.stringContaining(told));
  });
});

it('has one site alone where an account of the service signs in', () => {
  const env = { JIRA_BASE_URL: two, JIRA_EMAIL: 'bot@example.com' };
  expect(problems(env)).toEqual([expect.stringContaining('several are for JIRA_AUTH=caller alone')]);
  expect(problems({ ...env, JIRA_BASE_URL: site, JIRA_CLOUD_ID: 'a,b' })).toEqual([
    expect.stringContaining('JIRA_CLOUD_ID is wrong'),
  ]);
});
