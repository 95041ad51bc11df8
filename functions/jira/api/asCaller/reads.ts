import * as z from 'zod';
import { noIssue } from '../closed.ts';
import { askedFields } from './askedFields.ts';
import { type Guard, ifNone } from './guard.ts';
import { bodyOf, issueName, ofIssue, type Rule, rule } from './rule.ts';
import {
  type History,
  historySchema,
  keysInHistories,
  shownHistory,
  shownIssues,
  shownProjects,
} from './shownIssues.ts';

/** How many pages are looked through for one that is shown. */
const MAX_ROUNDS = 10;

/** What is read of Jira, but for boards and service desks. */
export const reads: readonly Rule[] = [
  rule('POST', '/search/jql', async ({ options, send }, guard) => {
    const body = searchRequest.parse(bodyOf(options));
    const asked = askedFields(body.fields);
    const ask = async (nextPageToken: string | undefined, maxResults: number) =>
      searchAnswer.parse(
        await send({
          ...options,
          body: { ...body, fields: asked.fields, maxResults, ...(nextPageToken !== undefined && { nextPageToken }) },
        }),
      );
    const found: unknown[] = [];
    let token = body.nextPageToken ?? undefined;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const answer = await ask(token, body.maxResults - found.length);
      found.push(...(await shownIssues(answer.issues ?? [], guard)).map(asked.strip));
      token = answer.nextPageToken ?? undefined;
      if (token === undefined || found.length >= body.maxResults) break;
    }
    return { issues: found, isLast: token === undefined, ...(token !== undefined && { nextPageToken: token }) };
  }),
  rule('GET', `/issue/${issueName}`, async ({ options, parts: [name = ''], send }, guard) => {
    const { searchParams = {} } = options;
    const asked = askedFields(listed.parse(searchParams.fields));
    const answer = await send({
      ...options,
      searchParams: { ...searchParams, fields: asked.fields.join(',') },
    }).catch(ifNone);
    const [issue] = answer === undefined ? [] : await shownIssues([answer], guard);
    if (!issue) throw noIssue(name);
    return asked.strip(issue);
  }),
  rule('GET', `/issue/${issueName}/changelog`, async ({ options, parts: [name = ''], send }, guard) => {
    const { id, key } = await guard.requireIssue(name);
    const answer = changelogAnswer.parse(await send(ofIssue(options, key)));
    return { ...answer, values: await shownHistories(answer.values, [id], guard) };
  }),
  rule('GET', '/project/search', async ({ options, send }, guard) => {
    const { searchParams = {} } = options;
    const page = pageRequest.parse(searchParams);
    const shown: z.output<typeof project>[] = [];
    for (let read = 0; read < MAX_PAGES; read += 1) {
      const range = { startAt: read * PROJECTS_PAGE, maxResults: PROJECTS_PAGE };
      const { values, isLast } = projectsAnswer.parse(
        await send({ ...options, searchParams: { ...searchParams, ...range } }),
      );
      const open = await guard.mayBrowseProjects(values.map(({ id }) => id));
      shown.push(...values.filter(({ id }) => open.has(id)));
      if (isLast ?? values.length < PROJECTS_PAGE) break;
    }
    const end = page.startAt + page.maxResults;
    return { values: shown.slice(page.startAt, end), total: shown.length, isLast: shown.length <= end };
  }),
];

/** How many projects are asked for at once, and how many times. */
const PROJECTS_PAGE = 100;
const MAX_PAGES = 20;

/** Histories of issues that may be browsed, without what they tell of others. */
async function shownHistories(
  histories: readonly History[],
  issueIds: readonly string[],
  guard: Guard,
): Promise<History[]> {
  const [browsable, projects, files] = await Promise.all([
    guard.browsableKeys(keysInHistories(histories)),
    shownProjects(histories, guard),
    hasFiles(histories) ? shownFiles(issueIds, guard) : new Set<string>(),
  ]);
  return histories.map(history =>
    shownHistory(history, {
      isShown: key => browsable.has(key.toUpperCase()),
      isShownProject: name => projects.has(name.toUpperCase()),
      isShownFile: id => files.has(id),
    }),
  );
}

const hasFiles = (histories: readonly History[]) =>
  histories.some(({ items }) => items?.some(({ field }) => field?.toLowerCase() === 'attachment'));

/** The IDs of those files of issues that may be shown. Of many issues they are not looked for, and none is told. */
async function shownFiles(issueIds: readonly string[], guard: Guard): Promise<ReadonlySet<string>> {
  if (issueIds.length > 1) return new Set();
  const fields = askedFields(['attachment']).fields.join(',');
  const answers = await Promise.all(issueIds.map(id => guard.ask(`/rest/api/3/issue/${id}`, { fields })));
  const shown = await shownIssues(answers, guard);
  return new Set(shown.flatMap(({ fields: of }) => filesAnswer.parse(of).attachment.map(({ id }) => id)));
}

const searchRequest = z.looseObject({
  jql: z.string().catch(''),
  fields: z.array(z.string()).catch([]),
  maxResults: z.number().catch(50),
  nextPageToken: z.string().nullish(),
});
const searchAnswer = z.looseObject({
  issues: z.array(z.unknown()).nullish(),
  nextPageToken: z.string().nullish(),
});
/** In a query string a list is given as one text, too. */
const listed = z.union([z.string().transform(text => text.split(',')), z.array(z.string())]).catch([]);

const changelogAnswer = z.looseObject({ values: z.array(historySchema) });
const filesAnswer = z.looseObject({ attachment: z.array(z.looseObject({ id: z.string() })).catch([]) });
const project = z.looseObject({ id: z.string(), key: z.string() });
const projectsAnswer = z.looseObject({ values: z.array(project), isLast: z.boolean().nullish() });
const pageRequest = z.looseObject({ startAt: z.coerce.number().catch(0), maxResults: z.coerce.number().catch(50) });
