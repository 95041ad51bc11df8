import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restrictedTo } from '../../functions/jira/api/allowed.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { actions as allActions } from '../support/sandboxedActions.ts';
import { textInputs } from '../support/textInputs.ts';
import { type JiraApp, startJiraApp } from './harness.ts';

/** Whoever may not see something is not told whether it is there: every answer is the same as for what there is not. */

const actions = allActions.filter(({ system }) => system === 'jira');
const atlas = { 'x-functions-key': 'atlas-agent' };

let jira: JiraApp;

beforeAll(async () => {
  const key = createHash('sha256').update('atlas-agent').digest('hex');
  jira = await startJiraApp({
    POLICY: JSON.stringify({ keys: { [key]: { systems: { jira: { projects: ['ATLAS'] } } } }, default: {} }),
  });
});
afterAll(() => jira.stop());

/** Names of things of a closed project, each beside one that is the name of nothing. */
const pairs = () => [
  ['BEACON', 'NOSUCH'],
  ['BEACON-1', 'BEACON-98765'],
  ['10011', '99999'],
  [jira.issue('BEACON-1').id, '99998'],
  ['Alerts', 'Nowhere'],
];

/** The whole answer, without what differs from call to call; what was named reads as X. */
async function answer(action: Action, input: Record<string, unknown>, named: string): Promise<string> {
  const { status, body } = await (action.access === 'read'
    ? jira.read(action.name, input as Record<string, string>, atlas)
    : jira.write(action.name, { ...input, allowDuplicate: undefined }, atlas));
  const { correlationId: _, ...others } = body;
  return `${status} ${JSON.stringify(others).split(named).join('X').split(named.toLowerCase()).join('X')}`;
}

/** Inputs that name a project or an issue; of a read, which changes nothing, every text. */
const inputs = textInputs(actions).filter(
  ({ action, schema }) => action.access === 'read' || 'names' in (schema.meta() ?? {}),
);

it('has inputs to try of every action that names an issue or a project', () => {
  expect(new Set(inputs.map(({ name }) => name)).size).toBeGreaterThan(12);
});

it.each(inputs)('$name tells by $input of nothing whether it is in a closed project', async ({ action, input }) => {
  // A query stands alone, and beside a project that is closed nothing else would be looked at.
  const example = input === 'jql' ? {} : action.example;
  for (const [there = '', none = ''] of pairs()) {
    const [one, other] = await Promise.all(
      [there, none].map(named => answer(action, { ...example, [input]: named }, named)),
    );
    expect(one).toBe(other);
  }
});

const search = actions.find(({ name }) => name === 'searchIssues');

describe('a search', () => {
  it.each([
    ['where', '{"Project":"BEACON"}', '{"Project":"NOSUCH"}'],
    ['where', '{"Project":{"not":"Beacon"}}', '{"Project":{"not":"Nosuch"}}'],
    ['where', '{"Project":["ATLAS","BEACON"]}', '{"Project":["ATLAS","NOSUCH"]}'],
    ['where', '{"Key":"BEACON-1"}', '{"Key":"BEACON-98765"}'],
    ['where', '{"Parent":{"not":"BEACON-1"}}', '{"Parent":{"not":"BEACON-98765"}}'],
    ['where', '{"Component":"Alerts"}', '{"Component":"Nowhere"}'],
    ['where', '{"Component":["Search","Alerts"]}', '{"Component":["Search","Nowhere"]}'],
    ['where', '{"Component":{"not":"Alerts"}}', '{"Component":{"not":"Nowhere"}}'],
    ['where', '{"Fix versions":"1.0"}', '{"Fix versions":"9.9"}'],
    ['where', '{"Fix versions":{"not":["2.4","1.0"]}}', '{"Fix versions":{"not":["2.4","9.9"]}}'],
    ['jql', 'project = beacon', 'project = nosuch'],
    ['jql', 'project not in (ATLAS, "Beacon")', 'project not in (ATLAS, "Nosuch")'],
    ['jql', 'key = BEACON-1', 'key = BEACON-98765'],
    ['jql', 'NOT issuekey in (ATLAS-1, "beacon-1")', 'NOT issuekey in (ATLAS-1, "beacon-98765")'],
    ['jql', 'parent != BEACON-1 ORDER BY key', 'parent != BEACON-98765 ORDER BY key'],
    ['jql', 'component = Alerts', 'component = Nowhere'],
    ['jql', 'component != "Alerts"', 'component != "Nowhere"'],
    ['jql', 'NOT (component = Alerts OR fixVersion = "2.4")', 'NOT (component = Nowhere OR fixVersion = "2.4")'],
    ['jql', 'NOT (component not in (Alerts))', 'NOT (component not in (Nowhere))'],
    ['jql', 'fixVersion in ("2.4", "1.0") OR status = Done', 'fixVersion in ("2.4", "9.9") OR status = Done'],
    ['jql', 'fixVersion = 10502 and "Component" = 10403', 'fixVersion = 10599 and "Component" = 10499'],
    ['jql', 'fixVersion < "1.0"', 'fixVersion < "9.9"'],
    ['jql', 'fixVersion in releasedVersions(BEACON)', 'fixVersion in releasedVersions(NOSUCH)'],
    ['jql', 'issue in linkedIssues(BEACON-1)', 'issue in linkedIssues("BEACON-98765")'],
  ])('by %s answers %s as %s', async (input, there, none) => {
    if (!search) throw new Error('There is no searchIssues.');
    const [one, other] = await Promise.all(
      [there, none].map(async text =>
        (await answer(search, { [input]: text, limit: '100' }, text)).replaceAll(
          /nosuch|nowhere|beacon|alerts|-98765|-1\b|9\.9|1\.0/gi,
          'X',
        ),
      ),
    );
    expect(one?.replaceAll('XX', 'X')).toBe(other?.replaceAll('XX', 'X'));
  });

  it('still finds what a value of closed projects leaves', async () => {
    const found = async (jql: string) => (await jira.read('searchIssues', { jql, limit: '100' }, atlas)).body.issues;
    const all = await found('component is not EMPTY');
    expect(all.length).toBeGreaterThan(0);
    expect(await found('component != Nowhere')).toEqual(all);
    expect(await found('component = Nowhere')).toEqual([]);
    expect(await found('component in (Nowhere, Search)')).toEqual(await found('component = Search'));
  });

  it('tells which of several is closed, and refuses what is no value at all', async () => {
    const detail = async (jql: string) => (await jira.read('searchIssues', { jql }, atlas)).body.detail;
    expect(await detail('project in (ATLAS, BEACON)')).toContain('"BEACON"');
    expect(await detail('created > "not a day"')).toContain('not a day');
    expect(await detail('issue in secretIssues("project = BEACON")')).toContain('secretIssues()');
  });

  it('says which component is not there, with those of open projects', async () => {
    const { body } = await jira.read('searchIssues', { where: '{"Component":"Serch"}' }, atlas);
    expect(body.errors).toEqual([
      { field: 'where', message: '"Components" has no value "Serch". The nearest are "Search".' },
    ]);
  });
});

it('a field of a closed project alone is in a query, its order and its conditions what there is not', async () => {
  const schema = { type: 'string', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:textfield' };
  const secret = {
    id: 'customfield_10999',
    name: 'Secret field',
    clauseNames: ['cf[10999]', 'Secret field'],
    schema,
    scope: { project: { id: '10011' } },
  };
  for (const query of ['"Secret field" ~ x', 'cf[10999] ~ x', 'key = ATLAS-1 ORDER BY "Secret field"']) {
    jira.answerNext('/field$', [secret]);
    const there = await jira.read('searchIssues', { jql: query }, atlas);
    const none = await jira.read(
      'searchIssues',
      { jql: query.replace('Secret field', 'Nosuch').replace('10999', '10998') },
      atlas,
    );
    const told = ({ body: { correlationId: _, ...others } }: typeof there) =>
      JSON.stringify(others).replaceAll(/Secret field|Nosuch|1099\d/g, 'X');
    expect(told(there)).toBe(told(none));
    expect(there.body.detail).toContain('There is no field');
  }
});

it('what is open costs a search one request, once the fields are known', async () => {
  const where = '{"Severity":"Major","Component":{"not":"Search"}}';
  await jira.read('searchIssues', { where }, atlas);
  jira.costs();
  await jira.read('searchIssues', { where, limit: '24' }, atlas);
  expect(jira.costs()).toEqual(['POST search/jql']);
});

it('an issue that was moved from a closed project to an open one is found by its old key', async () => {
  const sent: string[] = [];
  const client = restrictedTo(new Set(['ATLAS']), {
    sendRequest: async <T>({ url, body }: { url: string; body?: { jql: string } }) => {
      sent.push(body?.jql ?? url);
      return (body ? { issues: [] } : { key: 'ATLAS-7', fields: { project: { key: 'ATLAS' } } }) as T;
    },
  } as unknown as Parameters<typeof restrictedTo>[1]);
  const url = '/rest/api/3/search/jql';
  await client.sendRequest({ url, method: 'POST', body: { jql: 'parent = SECRET-7' } });
  expect(sent).toEqual(['/rest/api/3/issue/SECRET-7', '(parent = SECRET-7) AND project in ("ATLAS")']);
});
