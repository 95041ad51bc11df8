import type { Rehearsal } from '../../shared/action/rehearse.ts';

const url = 'https://rehearsal.invalid';
const account = {
  attributes: { type: 'Account', url: '/services/data/v67.0/sobjects/Account/001000000000001AAA' },
  Id: '001000000000001AAA',
  Name: 'Rehearsal',
  Type: null,
  Industry: null,
  BillingCity: 'Nowhere',
  BillingCountry: null,
  Phone: null,
  Website: 'https://rehearsal.invalid',
  AnnualRevenue: 1,
  Owner: { attributes: { type: 'User', url: '/services/data/v67.0/sobjects/User/005000000000001AAA' }, Name: 'Nobody' },
};

/** A session and one account, as the REST API answers: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/ */
export function rehearsal(): Rehearsal {
  return {
    settings: { SALESFORCE_LOGIN_URL: url, SALESFORCE_CLIENT_ID: 'none', SALESFORCE_CLIENT_SECRET: 'none' },
    calls: { findAccounts: { name: 'Rehearsal' } },
    answer({ path }) {
      if (path.endsWith('/token')) {
        return { access_token: 'none', instance_url: url, id: `${url}/id/00D000000000001AAA/005000000000001AAA` };
      }
      if (path.endsWith('/organization')) return { features: { multiCurrency: false, defaultCurrencyIsoCode: 'EUR' } };
      return { totalSize: 1, done: true, records: [account] };
    },
  };
}
