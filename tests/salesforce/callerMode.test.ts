import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { list, type SalesforceApp, startSalesforceApp } from './harness.ts';
import { north, seesBoth, south, twoWorlds, type World } from './twoWorlds.ts';

let folder: string;
let salesforce: SalesforceApp;
/** A host that Salesforce has not: nothing of a caller may get there. */
let elsewhere: Server;
let elsewhereUrl: string;
let asksElsewhere = 0;

beforeAll(async () => {
  // Jonas Weber is shown no amount and has no contracts.
  folder = await twoWorlds({
    [south.user]: {
      objects: { Contract: [] },
      fields: { Opportunity: { Amount: 'none' } },
      lacks: [],
    },
    'priya-nair': { objects: {}, fields: {}, lacks: ['ApiEnabled'] },
  });
  elsewhere = createServer((_request, response) => {
    asksElsewhere += 1;
    response.end('{}');
  });
  await new Promise<void>(done => elsewhere.listen(0, '127.0.0.1', done));
  const address = elsewhere.address();
  elsewhereUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  salesforce = await startSalesforceApp({
    sandbox: { data: folder },
    settings: () => ({ SALESFORCE_AUTH: 'caller', SALESFORCE_CLIENT_ID: '', SALESFORCE_CLIENT_SECRET: '' }),
  });
});
beforeEach(() => void salesforce.asked());
afterAll(async () => {
  await salesforce.stop();
  elsewhere.close();
  await rm(folder, { recursive: true });
});

interface Asked {
  json?: unknown;
  query?: Record<string, string>;
  headers?: Record<string, string>;
}
const asked = (token: string, action: string, { headers, ...inputs }: Asked = {}) =>
  salesforce.call(action, { ...inputs, headers: { authorization: `Bearer ${token}`, ...headers } });
const as = (username: string, action: string, inputs: Asked = {}) =>
  asked(salesforce.sandbox.tokenOf(username), action, inputs);
const rows = (objectType: string) => salesforce.sandbox.records(objectType);
const userOf = ({ username }: World) => rows('User').find(({ Username }) => Username === username);
const ended = JSON.stringify([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
/** Salesforce refuses the token from the next request with this path on, so many times. */
const endSession = (path: string, times = 1) => salesforce.sandbox.fail({ path, status: 401, body: ended, times });

describe('without a token that Salesforce takes', () => {
  const tokens: [string, () => string | undefined, number, RegExp][] = [
    ['no token', () => undefined, 401, /sign.{0,3}in/i],
    ['a token that nobody gave', () => `${randomUUID()}`, 401, /must sign in at Salesforce again/],
    ['an expired token', () => salesforce.sandbox.tokenOf(north.username, { lifeSeconds: 0 }), 401, /has ended/],
    [
      'a revoked token',
      () => {
        const token = salesforce.sandbox.tokenOf(north.username);
        salesforce.sandbox.revoke(token);
        return token;
      },
      401,
      /has ended/,
    ],
    [
      'a token of another org',
      () => salesforce.sandbox.tokenOf(north.username, { org: '00DSx0000000099EAA' }),
      403,
      /another Salesforce org.*SALESFORCE_LOGIN_URL/,
    ],
    [
      'a token without the scope id',
      () => salesforce.sandbox.tokenOf(north.username, { scopes: ['api', 'refresh_token'] }),
      403,
      /lacks the OAuth scope id\b/,
    ],
  ];

  it.each(tokens.flatMap(each => ['status', 'inline'].map(mode => [each[0], mode, ...each.slice(1)] as const)))(
    '%s (%s) is told with its cause, and nothing but whose it is was asked',
    async (_what, mode, tokenOf, status, says) => {
      const token = (tokenOf as () => string | undefined)();
      const { status: answered, body } = await salesforce.call('findAccounts', {
        query: { name: 'Contoso' },
        headers: { ...(token && { authorization: `Bearer ${token}` }), 'x-error-mode': String(mode) },
      });
      const told = JSON.stringify(body);
      // Inline, only what the platform can renew by itself is told by the status.
      expect(answered).toBe(mode === 'inline' && status === 403 ? 200 : status);
      expect(told).toMatch(says as RegExp);
      expect(told).toContain(status === 401 ? 'unauthenticated' : 'forbidden');
      if (token) expect(told).not.toContain(token);
      expect(salesforce.costs()).toEqual(token ? ['GET /services/oauth2/userinfo'] : []);
    },
  );

  it.each([
    [
      'without the scope api',
      () => salesforce.sandbox.tokenOf(north.username, { scopes: ['id'] }),
      /OAuth scope api\b/,
    ],
    ['of a user without API Enabled', () => salesforce.sandbox.tokenOf('priya.nair@example.com'), /API Enabled/],
  ])('a token %s is forbidden with what an administrator can do, and is tried once', async (_what, tokenOf, says) => {
    const { status, body } = await asked(tokenOf(), 'findAccounts', { query: { name: 'Contoso' } });
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(body.detail).toMatch(says);
    expect(salesforce.costs().filter(each => !each.endsWith('/userinfo'))).toHaveLength(1);
  });

  it('an identity that Salesforce tells of another domain is of another org', async () => {
    const { organization_id, user_id } = { organization_id: '00DSx0000000099EAA', user_id: '005Sx0000000003IAA' };
    salesforce.sandbox.fail({
      path: 'userinfo',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id, organization_id, urls: { custom_domain: 'https://other.my.salesforce.com' } }),
    });
    const { status, body } = await as(north.username, 'findAccounts', { query: { name: 'Contoso' } });
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(salesforce.costs()).toEqual(['GET /services/oauth2/userinfo']);
  });
});

describe('two users', () => {
  const calls: [string, Asked][] = [
    ['findAccounts', { query: { name: 'Contoso' } }],
    ['findCases', { query: { account: 'Contoso' } }],
    ['findContacts', { query: { account: 'Contoso' } }],
    ['findLeads', { query: { openOnly: 'true' } }],
    ['findActivities', { query: { account: 'Contoso' } }],
    ['searchRecords', { query: { term: 'Contoso' } }],
    ['summarizeRecords', { query: { objectType: 'Case', groupBy: 'Account' } }],
    ['listReports', { query: {} }],
    ['getCampaign', { query: { campaign: 'Autumn Webinar' } }],
  ];

  it.each(calls)('%s gives each their own records, whoever asks first', async (action, inputs) => {
    for (const [own, other] of [
      [north, south],
      [south, north],
      [north, south],
    ] as const) {
      const { status, body } = await as(own.username, action, inputs);
      expect([status, body.detail]).toEqual([200, undefined]);
      const told = JSON.stringify(body);
      expect(told).toContain(own.mark);
      expect(told).not.toContain(other.mark);
    }
  });

  it('what one may see of objects is not what another one is told', async () => {
    const fieldsFor = async (username: string) => {
      const { body } = await as(username, 'describeObject', { query: { objectType: 'Opportunity' } });
      return JSON.stringify(body);
    };
    expect(await fieldsFor(north.username)).toContain('Amount');
    expect(await fieldsFor(south.username)).not.toContain('"Amount"');
    expect(await fieldsFor(seesBoth)).toContain('"Amount"');
    const objectsFor = async (username: string) =>
      JSON.stringify((await as(username, 'listObjects', { query: { term: 'contract' } })).body);
    expect(await objectsFor(north.username)).toContain('"Contract"');
    expect(await objectsFor(south.username)).not.toContain('"Contract"');
  });

  it('a record of the other is not there, by its ID', async () => {
    const theirs = rows('Account').find(({ Name }) => String(Name).includes(south.mark));
    const { status, body } = await as(north.username, 'getRecord', { query: { recordId: String(theirs?.Id) } });
    expect([status, body.code]).toEqual([404, 'not_found']);
    const posted = await as(north.username, 'postToFeed', { json: { recordId: String(theirs?.Id), comment: 'Hello' } });
    expect([posted.status, posted.body.code]).toEqual([404, 'not_found']);
  });
});

describe('who asks', () => {
  it.each([north, south])('is the Salesforce user of the token, without a map of names', async world => {
    const { body } = await as(world.username, 'findOpportunities', { query: { owner: 'me', limit: '50' } });
    const all = list(body.opportunities);
    expect(all.length).toBeGreaterThan(3);
    expect(JSON.stringify(all)).toContain(world.mark);
    const made = await as(world.username, 'createRecord', {
      json: { objectType: 'Account', fields: JSON.stringify({ Name: `Relecloud of ${world.mark}` }) },
    });
    expect(made.status).toBe(200);
    const record = rows('Account').find(({ Name }) => Name === `Relecloud of ${world.mark}`);
    expect([record?.OwnerId, record?.CreatedById]).toEqual([userOf(world)?.Id, userOf(world)?.Id]);
  });

  it('is not who a header or the name of an identity says', async () => {
    const principal = Buffer.from(JSON.stringify({ claims: [{ typ: 'upn', val: south.username }] })).toString('base64');
    const { body } = await as(north.username, 'findOpportunities', {
      query: { owner: 'me' },
      headers: { 'x-ms-client-principal': principal, 'x-ms-client-principal-name': south.username },
    });
    expect(JSON.stringify(body)).not.toContain(south.mark);
  });

  it('answers approvals as that user, without a word of who decided in the comment', async () => {
    const waiting = await as(south.username, 'listApprovals', { query: {} });
    expect(JSON.stringify(waiting.body)).not.toContain(north.mark);
    const planned = await as(south.username, 'answerApproval', { json: { decision: 'approve', comment: 'Good.' } });
    const { confirmationToken } = planned.body;
    const { status } = await as(south.username, 'answerApproval', { json: { confirmationToken } });
    expect(status).toBe(200);
    const own = rows('ProcessInstanceStep').filter(
      ({ ActorId, Comments }) => ActorId === userOf(south)?.Id && String(Comments).startsWith('Good.'),
    );
    expect(own.length).toBeGreaterThan(0);
    expect(new Set(own.map(({ Comments }) => Comments))).toEqual(new Set(['Good.']));
  });

  it('plans changes in their own name', async () => {
    const { body } = await as(north.username, 'updateRecords', {
      json: { objectType: 'Lead', filters: '{"openOnly":true}', fields: '{"Rating":"Hot"}' },
    });
    expect(body.summary).toContain('in the name of the user who asks');
  });
});

describe('the token', () => {
  it('goes to the My Domain alone: not to an address that an answer names, nor after a redirect', async () => {
    const token = salesforce.sandbox.tokenOf(north.username);
    const body = JSON.stringify({
      totalSize: 5000,
      done: false,
      records: [],
      nextRecordsUrl: `${elsewhereUrl}/services/data/v67.0/query/01g-2000`,
    });
    salesforce.sandbox.fail({ path: '/query$', status: 200, headers: { 'content-type': 'application/json' }, body });
    await asked(token, 'findAccounts', { query: { name: 'Contoso' } });
    for (const path of ['/query$', 'VersionData', 'userinfo', '/Soap/']) {
      salesforce.sandbox.fail({ path, status: 302, headers: { location: `${elsewhereUrl}/steal` }, times: 20 });
    }
    const file = await asked(token, 'getRecordFile', {
      query: { recordId: '001Sx0000000001IAA', fileId: '069Sx0000000002IAA' },
    });
    expect(file.status).toBe(502);
    const merged = await asked(salesforce.sandbox.tokenOf(north.username), 'findAccounts', { query: { name: 'x y' } });
    expect(merged.status).toBe(502);
    salesforce.sandbox.clearFaults();
    expect(asksElsewhere).toBe(0);
    const senders = new Set(salesforce.asked().map(({ headers }) => headers.host));
    expect(senders).toEqual(new Set([new URL(salesforce.sandbox.url).host]));
  });

  it('reads files, and is in no answer and no log, also where Salesforce repeats it', async () => {
    const token = salesforce.sandbox.tokenOf(north.username);
    const file = await asked(token, 'listRecordFiles', { query: { recordId: '001Sx0000000001IAA' } });
    expect(file.status).toBe(200);
    const said = JSON.stringify([{ errorCode: 'MALFORMED_QUERY', message: `unexpected token: ${token}` }]);
    salesforce.sandbox.fail({ path: '/query$', status: 400, body: said });
    const { body } = await asked(token, 'queryRecords', { query: { soql: 'SELECT Id FROM Account LIMIT 1' } });
    expect(JSON.stringify(body)).not.toContain(token);
    salesforce.sandbox.fail({ path: 'userinfo', status: 403, body: `Bad_OAuth_Token ${token}` });
    const other = salesforce.sandbox.tokenOf(south.username);
    await asked(other, 'findAccounts', { query: { name: 'Contoso' } });
    const logs = salesforce.app.logs();
    for (const each of [token, other]) {
      expect(logs).not.toContain(each);
      expect(logs).not.toContain(Buffer.from(each).toString('base64').slice(2, 30));
    }
  });
});

describe('a token that ends in the middle of a call', () => {
  const readings: [string, string, Asked, string][] = [
    ['a query', 'findAccounts', { query: { name: 'Contoso' } }, '/query$'],
    ['a composite request', 'getAccountOverview', { query: { accountId: '001Sx0000000001IAA' } }, '/composite$'],
  ];

  it.each(readings)(
    'makes the call a real 401, at %s, and none is tried instead',
    async (_what, action, inputs, path) => {
      const tokens: string[] = [];
      for (const mode of ['status', 'inline']) {
        const token = salesforce.sandbox.tokenOf(north.username);
        tokens.push(token);
        endSession(path, 99);
        const { status, body } = await asked(token, action, { ...inputs, headers: { 'x-error-mode': mode } });
        salesforce.sandbox.clearFaults();
        expect(status).toBe(401);
        expect(JSON.stringify(body)).toMatch(/must sign in at Salesforce again/);
      }
      const sent = salesforce.asked();
      expect(sent.some(request => new RegExp(path).test(request.path))).toBe(true);
      const kinds = sent.map(({ headers, ...each }) =>
        [headers.authorization, each.method, each.path, each.query, each.body].join(' '),
      );
      expect(new Set(kinds).size).toBe(kinds.length);
      expect(new Set(sent.map(({ headers }) => headers.authorization))).toEqual(
        new Set(tokens.map(token => `Bearer ${token}`)),
      );
    },
  );

  it('is known by its code where the status is another one', async () => {
    salesforce.sandbox.fail({ path: '/query$', status: 403, body: ended });
    const { status, body } = await as(north.username, 'findAccounts', { query: { name: 'Contoso' } });
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
  });

  it.each([
    ['its status', { httpStatusCode: 401, body: JSON.parse(ended) }],
    ['its code', { httpStatusCode: 400, body: JSON.parse(ended) }],
  ])('is known from a part of a composite answer, by %s', async (_what, part) => {
    const body = JSON.stringify({
      compositeResponse: Array.from({ length: 5 }, (_, at) => ({
        ...part,
        httpHeaders: {},
        referenceId: `query${at}`,
      })),
    });
    salesforce.sandbox.fail({
      path: '/composite$',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body,
      times: 9,
    });
    const { status, body: told } = await as(north.username, 'getAccountOverview', {
      query: { accountId: '001Sx0000000001IAA' },
    });
    salesforce.sandbox.clearFaults();
    expect([status, told.code]).toEqual([401, 'unauthenticated']);
  });

  it('is told of a SOAP operation, which is not made', async () => {
    const token = salesforce.sandbox.tokenOf(north.username);
    const inputs = {
      lead: rows('Lead').find(({ OwnerId, IsConverted }) => OwnerId === userOf(north)?.Id && !IsConverted)?.Id,
    };
    const planned = await asked(token, 'convertLead', { json: inputs });
    expect(planned.status).toBe(200);
    const fault =
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>';
    salesforce.sandbox.fail({
      path: '/Soap/',
      status: 500,
      headers: { 'content-type': 'text/xml' },
      body: fault,
      times: 5,
    });
    const confirmed = await asked(token, 'convertLead', {
      json: { confirmationToken: planned.body.confirmationToken },
    });
    salesforce.sandbox.clearFaults();
    expect(confirmed.status).toBe(401);
    expect(rows('Lead').find(({ Id }) => Id === inputs.lead)?.IsConverted).toBe(false);
    const again = await as(north.username, 'convertLead', {
      json: { confirmationToken: planned.body.confirmationToken },
    });
    expect([again.status, rows('Lead').find(({ Id }) => Id === inputs.lead)?.IsConverted]).toEqual([200, true]);
  });

  it('leaves what a write of many had not reached, and another token of the same user goes on with it', async () => {
    const ids = rows('Contact')
      .filter(({ LastName }) => String(LastName).includes(north.mark))
      .map(({ Id }) => Id);
    const inputs = { objectType: 'Contact', recordIds: ids.join(), fields: '{"Title":"Moved on"}' };
    const planned = await as(north.username, 'updateRecords', { json: inputs });
    const confirmation = { confirmationToken: planned.body.confirmationToken };
    endSession('/composite/sobjects$', 9);
    const cut = await as(north.username, 'updateRecords', { json: confirmation });
    salesforce.sandbox.clearFaults();
    expect(cut.status).toBe(401);
    expect(JSON.stringify(cut.body)).toMatch(/same confirmationToken/);
    expect(rows('Contact').some(({ Title }) => Title === 'Moved on')).toBe(false);
    const rest = await as(north.username, 'updateRecords', { json: confirmation });
    expect(rest.status).toBe(200);
    expect(rows('Contact').filter(({ Title }) => Title === 'Moved on')).toHaveLength(ids.length);
    const strangers = await as(south.username, 'updateRecords', { json: confirmation });
    expect(strangers.status).toBe(400);
  });

  it('is told of single records, where others of the same request were saved', async () => {
    const ids = rows('Contact')
      .filter(({ LastName }) => String(LastName).includes(north.mark))
      .slice(0, 2)
      .map(({ Id }) => Id);
    const inputs = { objectType: 'Contact', recordIds: ids.join(), fields: '{"Department":"Half"}' };
    const planned = await as(north.username, 'updateRecords', { json: inputs });
    const body = JSON.stringify([
      { id: ids[0], success: true, errors: [] },
      { success: false, errors: [{ statusCode: 'INVALID_SESSION_ID', message: 'Session expired', fields: [] }] },
    ]);
    salesforce.sandbox.fail({
      path: '/composite/sobjects$',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { status, body: told } = await as(north.username, 'updateRecords', {
      json: { confirmationToken: planned.body.confirmationToken },
    });
    expect(status).toBe(401);
    expect(told.detail).toMatch(/1 of 2 are done/);
  });
});

describe('tokens that the platform renews', () => {
  it('share the pages of a list, the ledger and what is kept, which another user does not', async () => {
    const first = await as(north.username, 'findContacts', { query: { account: 'Contoso', limit: '1' } });
    const pageToken = first.body.nextPageToken;
    expect(pageToken).toEqual(expect.any(String));
    const second = await as(north.username, 'findContacts', { query: { account: 'Contoso', limit: '1', pageToken } });
    expect(second.status).toBe(200);
    const others = await as(south.username, 'findContacts', { query: { account: 'Contoso', limit: '1', pageToken } });
    expect(others.status).toBe(400);

    const json = { objectType: 'Account', fields: '{"Name":"Once only"}' };
    const made = await as(north.username, 'createRecord', { json, headers: { 'idempotency-key': 'once-only-0001' } });
    const again = await as(north.username, 'createRecord', { json, headers: { 'idempotency-key': 'once-only-0001' } });
    expect([made.status, again.status]).toEqual([200, 200]);
    expect(rows('Account').filter(({ Name }) => Name === 'Once only')).toHaveLength(1);
    await as(south.username, 'createRecord', { json, headers: { 'idempotency-key': 'once-only-0001' } });
    expect(rows('Account').filter(({ Name }) => Name === 'Once only')).toHaveLength(2);
  });

  it('each are asked about once', async () => {
    const token = salesforce.sandbox.tokenOf(north.username);
    for (let times = 0; times < 3; times += 1) await asked(token, 'findAccounts', { query: { name: 'Contoso' } });
    expect(salesforce.costs().filter(each => each.endsWith('/userinfo'))).toHaveLength(1);
  });
});

describe('readiness', () => {
  const ready = async () => (await fetch(`${salesforce.app.url}/api/health/ready`)).text();

  it('needs nobody’s sign-in, and says so', async () => {
    expect(await ready()).toMatch(/each caller, who signs in at Salesforce/);
    const sent = salesforce.asked();
    expect(sent.map(({ path }) => path)).toEqual(['/services/data']);
    expect(sent[0]?.headers.authorization).toBeUndefined();
  });

  it('says when the address is not that of an org', async () => {
    salesforce.sandbox.fail({ path: '^/services/data$', status: 200, body: '<html>Log in</html>' });
    expect(await ready()).toMatch(/SALESFORCE_LOGIN_URL does not lead to a Salesforce org/);
  });
});
