import { describe, expect, it } from 'vitest';
import { searchIssues } from '../../../functions/jira/sandbox/jqlSearch.ts';
import { monday, siteAt } from './jiraClient.ts';

const site = await siteAt(monday);
const keys = (jql: string) => searchIssues(site, jql).map(({ key }) => key);
const sorted = (jql: string) => keys(jql).toSorted();
const count = (jql: string) => keys(jql).length;

describe('comparing', () => {
  it.each([
    ['project = ATLAS', 34],
    ['project = atlas', 34],
    ['project = "Atlas"', 34],
    ['project = 10010', 34],
    ['project != ATLAS and key in (ATLAS-1, BEACON-1, COMET-1)', 2],
    ['project in (BEACON, COMET)', 26],
    ['project not in (ATLAS, COMET) and key in (ATLAS-1, BEACON-1, COMET-1)', 1],
    ['issuetype = Epic', 4],
    ['type in (Epic, Sub-task) and project = ATLAS', 7],
    ['statusCategory = Done and project = COMET', 5],
    ['statusCategory = new and project = COMET', 4],
    ['status = "In Review"', 5],
    ['status in ("to do", \'IN PROGRESS\') and project = COMET', 5],
    ['resolution = Unresolved and project = COMET', 5],
    ['resolution is not empty and project = COMET', 5],
    ['resolution in (EMPTY, Done) and project = COMET', 10],
    ['resolution != Unresolved and project = COMET', 5],
    ['resolution = EMPTY and project = COMET', 5],
    ['resolution = "Won\'t Do"', 1],
    ['component = Checkout', 2],
    ['fixVersion = 2.4', 2],
    ['Sprint = "Sprint 43"', 1],
    ['Severity in (Critical, Major)', 5],
    ['"Affected platforms" = iOS', 2],
    ['cf[10016] = 13', 1],
    ['"Story Points" >= 8 and project = ATLAS', 3],
    ['customfield_10016 < 3 and project in (ATLAS, BEACON)', 3],
    ['priority > High', 3],
    ['priority >= High and project = COMET', 1],
    ['priority < Low', 2],
    ['labels = ops', 5],
    ['labels in (ops, search)', 7],
    ['labels is empty and project = COMET', 9],
    ['parent = ATLAS-9', 2],
    ['parent is not empty and project = BEACON', 4],
    ['creator = "marta.olsen@example.com"', 2],
    ['Reviewer = "Li Wei"', 1],
  ])('%s finds %i issues', (jql, expected) => {
    expect(count(jql)).toBe(expected);
  });

  it('compares keys by number', () => {
    expect(keys('key >= ATLAS-9 and key < ATLAS-12 order by key')).toEqual(['ATLAS-9', 'ATLAS-10', 'ATLAS-11']);
    expect(sorted('issuekey in (ATLAS-2, beacon-1)')).toEqual(['ATLAS-2', 'BEACON-1']);
    expect(keys(`id = ${site.issues[0]?.id}`)).toEqual([site.issues[0]?.key]);
  });

  it('leaves out what is empty when it looks for what is not equal', () => {
    const everyone = count('project = ATLAS');
    const nobody = count('project = ATLAS and assignee is empty');
    expect(nobody).toBeGreaterThan(0);
    expect(count('project = ATLAS and assignee != "Ana Ruiz"')).toBe(
      everyone - nobody - count('project = ATLAS and assignee = "Ana Ruiz"'),
    );
    expect(sorted('project = ATLAS and not assignee = "Ana Ruiz"')).toEqual(
      sorted('project = ATLAS and assignee != "Ana Ruiz"'),
    );
  });

  it('finds the empty ones among others with EMPTY in a list', () => {
    expect(count('assignee in ("Ana Ruiz", EMPTY)')).toBe(count('assignee = "Ana Ruiz"') + count('assignee is null'));
  });
});

describe('what an issue was, is linked to, and is found by', () => {
  it.each([
    ['issueLinkType = "is blocked by"', ['ATLAS-16', 'DELTA-14']],
    ['issueLinkType in (blocks, duplicates)', ['ATLAS-12', 'ATLAS-30', 'DELTA-15']],
    ['issue in linkedIssues(ATLAS-12)', ['ATLAS-16', 'ATLAS-30', 'BEACON-3']],
    ['issue in linkedIssues("ATLAS-12", "is duplicated by")', ['ATLAS-30']],
    ['issue in linkedIssues(ATLAS-15)', []],
    ['sprint in futureSprints() and sprint in closedSprints()', []],
    ['priority changed and project = ATLAS', ['ATLAS-12']],
    ['project = ATLAS and status changed to Done after -7d', ['ATLAS-13', 'ATLAS-14', 'ATLAS-30']],
    [
      'project = ATLAS and status changed from "In Review" to Done after -7d and status was "In Progress"',
      ['ATLAS-13', 'ATLAS-14', 'ATLAS-30'],
    ],
    ['status changed from Done and project = ATLAS', []],
    ['key = ATLAS-30 and status was Done before -100d', []],
    ['key = ATLAS-30 and assignee was empty', ['ATLAS-30']],
  ])('%s', (jql, expected) => {
    expect(sorted(jql)).toEqual(expected);
  });

  it('negates what was as well', () => {
    const all = count('project = ATLAS');
    const reviewed = count('project = ATLAS and status was "In Review"');
    expect(reviewed).toBeGreaterThan(0);
    expect(count('project = ATLAS and status was not "In Review"')).toBe(all - reviewed);
    expect(count('project = ATLAS and not status was in ("In Review")')).toBe(all - reviewed);
  });

  it('finds what a saved filter finds, by its name or ID', () => {
    const bugs = sorted('project = ATLAS AND issuetype = Bug AND statusCategory != Done');
    expect(sorted('filter = "checkout bugs"')).toEqual(bugs);
    expect(sorted('filter = 10700 and project = BEACON')).toEqual([]);
    expect(count('filter != 10700 and project = ATLAS')).toBe(count('project = ATLAS') - bugs.length);
  });
});

describe('logic', () => {
  it('binds and tighter than or, and both looser than brackets', () => {
    expect(count('project = COMET or project = ATLAS and type = Epic')).toBe(13);
    expect(count('(project = COMET or project = ATLAS) and type = Epic')).toBe(3);
    expect(count('project = COMET || project = ATLAS && type = Epic')).toBe(13);
  });

  it('turns a condition round with not, through brackets too', () => {
    expect(sorted('project = ATLAS and not (type = Epic or type = Bug)')).toEqual(
      sorted('project = ATLAS and type != Epic and type != Bug'),
    );
    expect(sorted('not not project = COMET')).toEqual(sorted('project = COMET'));
    expect(sorted('!(project in (ATLAS, BEACON, COMET))')).toEqual(sorted('project not in (ATLAS, BEACON, COMET)'));
  });
});

describe('text', () => {
  it.each([
    ['summary ~ basket', 6],
    ['summary ~ "BASKET Tax"', 1],
    ['summary ~ "tax basket"', 1],
    ['summary ~ "\\"basket total\\""', 1],
    ['summary ~ "\\"total basket\\""', 0],
    ['summary ~ "pass*"', 2],
    ['summary ~ pass', 0],
    ['summary ~ café', 1],
    ['description ~ listener', 0],
    ['comment ~ setTimeout', 1],
    ['text ~ setTimeout', 1],
    ['text ~ "Google Pay"', 1],
    ['summary ~ "\\\\[iOS\\\\] \\\\\\"Pay\\\\\\""', 1],
    ['project = COMET and summary !~ the', 2],
    ['project = BEACON and description is empty', 16],
  ])('%s finds %i issues', (jql, expected) => {
    expect(count(jql)).toBe(expected);
  });
});

describe('requests', () => {
  it.each([
    ['"Request Type" = "Get IT help"', ['HELP-2', 'HELP-6', 'HELP-7']],
    ['"Request Type" in ("Hardware (HELP)", "Billing question")', ['HELP-1', 'HELP-3']],
    ['"Request Type" is empty and project = HELP', []],
    ['cf[10061] = Fabrikam', ['HELP-5']],
    ['"Request participants" = "maria.keller@client.example"', ['HELP-2']],
    ['Approvals = pending()', ['HELP-4', 'HELP-5']],
    ['approvals = pendingBy("ana.ruiz@example.com")', []],
    ['approvals = approver("ana.ruiz@example.com")', ['HELP-4']],
    ['approvals = myPending()', ['HELP-5']],
    ['"Time to first response" < remaining("2h")', ['HELP-1', 'HELP-2', 'HELP-4']],
    ['"Time to resolution" < remaining("2h") and "Time to resolution" != breached()', ['HELP-3']],
    ['"Time to resolution" = paused()', ['HELP-5']],
    ['"Time to resolution" = completed()', ['HELP-6']],
    ['"Time to resolution" = breached() and "Time to resolution" = running()', ['HELP-1', 'HELP-7']],
  ])('%s finds %j', (jql, expected) => {
    expect(sorted(jql)).toEqual(expected);
  });

  it('compares an SLA with nothing but the functions of SLAs', () => {
    for (const jql of ['"Time to resolution" = 2h', '"Time to resolution" = remaining("2h")', 'Approvals != pending()'])
      expect(() => count(jql)).toThrow(/does not support|is not supported/);
  });
});

describe('time', () => {
  it('counts spans back from now', () => {
    expect(sorted('updated >= -7d')).toEqual(sorted('updated >= -10080m'));
    expect(sorted('updated >= -7d')).toEqual(sorted('updated >= "-1w"'));
    expect(count('project = COMET and updated >= -7d')).toBe(0);
    expect(keys('created >= -12h and project != HELP')).toEqual(['ATLAS-34']);
    expect(count('created <= "4w 2d" and project = COMET')).toBe(10);
  });

  it("reads dates in the account's own time zone", () => {
    // ATLAS-33 was created on 22 November at 01:48 UTC: 02:48 in Berlin.
    expect(keys('created > "2026-11-22 02:47" and created < "2026/11/22 02:49"')).toEqual(['ATLAS-33']);
    expect(sorted('created >= 2026-11-22 and project != HELP')).toEqual(['ATLAS-33', 'ATLAS-34']);
  });

  it('knows the starts and ends of days, weeks, months and years, with offsets', () => {
    expect(sorted('created >= startOfWeek()')).toEqual(sorted('created >= startOfDay()'));
    expect(sorted('created >= startOfDay(-1)')).toEqual(sorted('created >= startOfDay("-1d")'));
    expect(sorted('created >= startOfMonth()')).toEqual(sorted('created >= "2026-11-01"'));
    expect(sorted('created <= endOfMonth(-1)')).toEqual(sorted('created < "2026-11-01"'));
    expect(sorted('created >= startOfMonth(-1M) and created <= endOfMonth("-1M")')).toEqual(
      sorted('created >= "2026-10-01" and created < "2026-11-01"'),
    );
    expect(count('created >= startOfYear()')).toBe(site.issues.length);
    expect(count('created > endOfWeek() or created > now()')).toBe(0);
  });

  it('compares due dates by day', () => {
    expect(sorted('duedate < startOfDay() and statusCategory != Done')).toEqual([
      'ATLAS-17',
      'ATLAS-19',
      'ATLAS-8',
      'ATLAS-9',
      'BEACON-3',
      'COMET-3',
    ]);
    expect(keys('due = 2026-11-24')).toEqual(['ATLAS-12']);
    expect(keys('due >= now() and due <= 1w and assignee = currentUser()')).toEqual([]);
    expect(keys('"Go-live date" > "2027-01-01"')).toEqual(['ATLAS-1']);
  });

  it('knows when issues were resolved', () => {
    expect(sorted('resolved >= -7d and project = ATLAS')).toEqual(['ATLAS-13', 'ATLAS-14', 'ATLAS-30']);
    expect(count('resolutiondate is empty and project = COMET')).toBe(5);
  });
});

describe('order', () => {
  it('sorts by several fields, either way', () => {
    expect(keys('type = Epic order by project desc, key asc')).toEqual(['BEACON-1', 'ATLAS-1', 'ATLAS-2', 'ATLAS-3']);
    expect(keys('project = COMET order by priority, created asc')[0]).toBe('COMET-4');
    expect(keys('project = COMET order by created')[0]).toBe('COMET-10');
    expect(keys('project = COMET order by key desc')[0]).toBe('COMET-10');
    expect(keys('project = COMET order by summary')[0]).toBe('COMET-2');
  });

  it('puts what is empty last, and the newest first without an order', () => {
    expect(keys('project = ATLAS order by duedate asc')[0]).toBe('ATLAS-8');
    expect(keys('project = ATLAS and type = Epic order by due asc').at(-1)).toBe('ATLAS-3');
    expect(keys('project = COMET')[0]).toBe('COMET-10');
  });
});

describe('refusing, in Jira’s words', () => {
  it.each([
    ['project = NOPE', "The value 'NOPE' does not exist for the field 'project'."],
    ['assignee = nobody', "The value 'nobody' does not exist for the field 'assignee'."],
    ['status = Doing', "The value 'Doing' does not exist for the field 'status'."],
    ['key = ATLAS-999', "An issue with key 'ATLAS-999' does not exist for field 'key'."],
    ['nonsense = 1', "Field 'nonsense' does not exist or you do not have permission to view it."],
    ['order by created', 'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.'],
    ['', 'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.'],
    [
      'project = and',
      "Error in the JQL Query: 'and' is a reserved JQL word. You must surround it in quotation marks to use it in a query. (line 1, character 11)",
    ],
    [
      'project = ATLAS type = Bug',
      "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'type'. (line 1, character 17)",
    ],
    [
      'project = "ATLAS',
      "Error in the JQL Query: The quoted string 'ATLAS' has not been completed. (line 1, character 11)",
    ],
    [
      'assignee = a@b.c',
      "Error in the JQL Query: The character '@' is a reserved JQL character. You must enclose it in a string or use the escape '\\u0040' instead. (line 1, character 13)",
    ],
    [
      'summary ~ "a\\qb"',
      "Error in the JQL Query: '\\q' is an illegal JQL escape sequence. The valid escape sequences are \\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX. (line 1, character 13)",
    ],
    ['project', 'Error in the JQL Query: Expecting operator before the end of the query. (line 1, character 8)'],
    [
      '(project = ATLAS',
      "Error in the JQL Query: Expecting either 'OR' or 'AND' before the end of the query. (line 1, character 17)",
    ],
    ['project in ATLAS', "Operator 'in' does not support the non-list value 'ATLAS' for field 'project'."],
    ['project = (ATLAS)', "Operator '=' does not support the list value '(ATLAS)' for field 'project'."],
    ['status ~ Done', "The operator '~' is not supported by the 'status' field."],
    ['summary = Pay', "The operator '=' is not supported by the 'summary' field."],
    ['summary changed', "History searches do not support the field 'summary'."],
    ['filter = Nothing', "The value 'Nothing' does not exist for the field 'filter'."],
    ['issueLinkType = Frobs', "The value 'Frobs' does not exist for the field 'issueLinkType'."],
    ['issue in linkedIssues(NOPE-1)', "Issue 'NOPE-1' could not be found in function 'linkedIssues'."],
    ['created > someday()', "Unable to find JQL function 'someday()'."],
    [
      'created > yesterday',
      "Date value 'yesterday' for field 'created' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
    ],
    ['created > 2026-02-30', /^Date value '2026-02-30'/],
    ['summary ~ "*ay"', "The text query '*ay' for field 'summary' is not allowed to start with character '*'."],
    [
      'key > ATLAS-1 order by key, id, created, updated, due, status, priority, summary',
      'The maximum number of fields allowed in the order by clause is 7.',
    ],
  ])('%s', (jql, message) => {
    expect(() => searchIssues(site, jql)).toThrow(
      expect.objectContaining({
        status: 400,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    );
  });

  it('takes a reserved word and any character in quotation marks', () => {
    expect(() => keys('summary ~ "and"')).not.toThrow();
    expect(() => keys('summary ~ "\\u0040 @ ; \\\\\\" \' \\\\"')).not.toThrow();
  });
});
