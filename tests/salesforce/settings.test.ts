import { describe, expect, it } from 'vitest';
import { salesforce } from '../../functions/salesforce/system.ts';
import { readConfig } from '../../shared/settings/config.ts';

const org = 'https://contoso.my.salesforce.com';
const problems = (env: Record<string, string>) =>
  readConfig(env)
    .of(salesforce)
    .problems()
    .map(({ message }) => message);

describe('Salesforce where its callers sign in themselves', () => {
  const env = { SALESFORCE_AUTH: 'Caller', SALESFORCE_LOGIN_URL: org };

  it('needs the My Domain address of its org, and neither an app nor a secret', () => {
    expect(problems(env)).toEqual([]);
    expect(problems({ SALESFORCE_AUTH: 'caller' })).toEqual([
      expect.stringContaining('SALESFORCE_LOGIN_URL is not set'),
    ]);
    const needed = Object.values(salesforce.secrets).filter(({ isNeeded }) =>
      isNeeded({ ...env, SALESFORCE_CLIENT_ID: 'left over' }),
    );
    expect(needed).toEqual([]);
  });

  it.each([
    ['a username', { SALESFORCE_USERNAME: 'app@contoso.com' }, 'SALESFORCE_USERNAME is wrong. Remove it'],
    ['a map of users', { SALESFORCE_USER_MAP: '*@a.com=*@b.com' }, 'SALESFORCE_USER_MAP is wrong. Remove it'],
    ['rights of callers by another way', { SALESFORCE_RUN_AS: 'caller' }, 'SALESFORCE_RUN_AS is wrong. Remove it'],
  ])('tells that %s has no place there', (_, more, told) => {
    expect(problems({ ...env, ...more })).toEqual([expect.stringContaining(told)]);
  });

  it.each([
    'https://login.salesforce.com',
    'https://test.salesforce.com/',
    'http://contoso.my.salesforce.com',
    'contoso',
  ])('takes no token to %s, where an org of its own is not', url => {
    expect(problems({ ...env, SALESFORCE_LOGIN_URL: url })).toEqual([
      expect.stringContaining('SALESFORCE_LOGIN_URL is wrong'),
    ]);
  });
});

it('needs the app of the service where that signs in', () => {
  expect(problems({ SALESFORCE_LOGIN_URL: org })).toEqual([
    expect.stringContaining("Set it to the external client app's consumer key."),
  ]);
  expect(problems({ SALESFORCE_LOGIN_URL: 'https://login.salesforce.com', SALESFORCE_CLIENT_ID: 'app' })).toEqual([]);
});
