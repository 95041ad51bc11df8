import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { choicesOf, fieldById } from '../fields.ts';
import { badRequest, JiraError, notFound } from '../jiraError.ts';
import { searchIssues } from '../jqlSearch.ts';
import type { Article, Desk, RequestType } from '../model.ts';
import { showRequestType } from '../requests.ts';
import { type Call, integer, mayIn, type Route, route } from '../router.ts';
import { findProject, type Site } from '../site.ts';

/** Below `/rest/servicedeskapi`: https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-servicedesk/ */
export const serviceDeskRoutes: Route[] = [
  route('GET', 'servicedesk', call =>
    deskPage(
      call,
      call.site.desks.map(desk => showDesk(call, desk)),
    ),
  ),
  route('GET', 'servicedesk/{serviceDeskId}', call => ({ json: showDesk(call, deskInPath(call)) })),
  route('GET', 'servicedesk/{serviceDeskId}/queue', call => {
    requireOptIn(call);
    const desk = deskInPath(call);
    requireAgent(call, desk);
    const withCount = call.query.get('includeCount') === 'true';
    return deskPage(
      call,
      desk.queues.map(({ id, name, jql, fields }) => ({
        id,
        name,
        jql,
        fields,
        ...(withCount && { issueCount: searchIssues(call.site, jql).length }),
        _links: { self: `${call.base}/rest/servicedeskapi/servicedesk/${desk.id}/queue/${id}` },
      })),
    );
  }),
  route('GET', 'servicedesk/{serviceDeskId}/requesttype', call => {
    const desk = deskInPath(call);
    const wanted = call.query.get('searchQuery')?.toLowerCase() ?? '';
    return deskPage(
      call,
      desk.requestTypes
        .filter(({ name }) => name.toLowerCase().includes(wanted))
        .map(type => showRequestType(call, desk, type)),
    );
  }),
  route('GET', 'servicedesk/{serviceDeskId}/requesttype/{requestTypeId}/field', call => {
    const type = requestTypeIn(deskInPath(call), call.params.requestTypeId);
    return {
      json: {
        requestTypeFields: type.fields.map(field => showField(call, field)),
        canRaiseOnBehalfOf: true,
        canAddRequestParticipants: true,
      },
    };
  }),
  route('GET', 'servicedesk/{serviceDeskId}/organization', call => {
    requireOptIn(call);
    const desk = deskInPath(call);
    requireAgent(call, desk);
    const { organizationIds } = desk;
    const memberId = call.query.get('accountId');
    return deskPage(
      call,
      call.site.organizations
        .filter(({ id, memberIds }) => organizationIds.includes(id) && (!memberId || memberIds.includes(memberId)))
        .map(({ id, name }) => ({
          id,
          name,
          scimManaged: false,
          _links: { self: `${call.base}/rest/servicedeskapi/organization/${id}` },
        })),
    );
  }),
  route('GET', 'servicedesk/{serviceDeskId}/knowledgebase/article', call => articles(call, [deskInPath(call)])),
  route('GET', 'knowledgebase/article', call => articles(call, call.site.desks)),
];

/** Jira refuses these routes unless the request says that it knows them to be experimental. */
function requireOptIn({ headers }: Call): void {
  if (headers['x-experimentalapi'] !== 'opt-in') {
    throw new JiraError(412, 'This API is experimental. To use it, set the header X-ExperimentalApi: opt-in.');
  }
}

/** Queues and organisations are the agents'. @throws {JiraError} 403 */
function requireAgent(call: Call, { projectId }: Desk): void {
  const project = findProject(call.site, projectId);
  if (project && mayIn(call, 'SERVICEDESK_AGENT', project)) return;
  throw new JiraError(403, 'You must be an agent of the service project to see this.');
}

function deskInPath({ site, params }: Call): Desk {
  const desk = findDesk(site, params.serviceDeskId);
  if (!desk) throw notFound('The service desk does not exist or you do not have permission to see it.');
  return desk;
}

export const findDesk = ({ desks }: Site, id: string | undefined): Desk | undefined =>
  desks.find(desk => desk.id === id);

/** @throws {JiraError} 404 */
export function requestTypeIn({ requestTypes }: Desk, id: string | undefined): RequestType {
  const type = requestTypes.find(each => each.id === id);
  if (!type) throw notFound('The request type does not exist.');
  return type;
}

/** A page of a list, in the shape of the service desk's lists. */
export function deskPage(call: Call, all: unknown[]): SandboxReply {
  const start = integer(call, 'start', 0);
  const limit = integer(call, 'limit', 50, 100);
  const values = all.slice(start, start + limit);
  return {
    json: {
      _expands: [],
      size: values.length,
      start,
      limit,
      isLastPage: start + values.length >= all.length,
      _links: { base: call.base, context: '' },
      values,
    },
  };
}

function showDesk({ site, base }: Call, { id, projectId }: Desk) {
  const project = site.projects.find(each => each.id === projectId);
  return {
    id,
    projectId,
    projectName: project?.name,
    projectKey: project?.key,
    projectTypeKey: project?.type,
    _links: { self: `${base}/rest/servicedeskapi/servicedesk/${id}` },
  };
}

/** A field of a request type: its choices are told by their IDs and what people call them. */
function showField({ site }: Call, { id, name, required }: RequestType['fields'][number]) {
  const field = fieldById(site, id);
  const choices = field ? choicesOf(site, field) : undefined;
  return {
    fieldId: id,
    name,
    description: '',
    required,
    defaultValues: [],
    validValues: (choices ?? []).map(choice => ({ value: choice.id, label: choice.name, children: [] })),
    presetValues: [],
    jiraSchema: field?.schema ?? { type: 'any' },
    visible: true,
  };
}

function articles(call: Call, desks: readonly Desk[]): SandboxReply {
  requireOptIn(call);
  const query = call.query.get('query') ?? '';
  if (query.trim() === '') throw badRequest('The query must not be empty.');
  const isHighlighted = call.query.get('highlight') === 'true';
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const found = desks
    .flatMap(desk => desk.articles)
    .map(article => ({ article, hits: words.filter(word => textOf(article).includes(word)).length }))
    .filter(({ hits }) => hits > 0)
    .sort((one, other) => other.hits - one.hits);
  const limit = integer(call, 'limit', 50, 100);
  const start = Number(call.query.get('cursor') ?? '0');
  const values = found
    .slice(start, start + limit)
    .map(({ article }) => showArticle(call, article, words, isHighlighted));
  const isLastPage = start + values.length >= found.length;
  const next = `${call.base}/rest/servicedeskapi/knowledgebase/article?query=${encodeURIComponent(query)}&cursor=${start + values.length}&limit=${limit}`;
  return {
    json: {
      _expands: [],
      size: values.length,
      start,
      limit,
      isLastPage,
      _links: { base: call.base, context: '', ...(!isLastPage && { next }) },
      values,
    },
  };
}

const textOf = ({ title, body }: Article) => `${title} ${body}`.toLowerCase();

function showArticle({ base }: Call, { id, title, space, body }: Article, words: string[], isHighlighted: boolean) {
  const marked = (text: string) =>
    isHighlighted
      ? text.replace(/[\p{L}\p{N}]+/gu, word =>
          words.includes(word.toLowerCase()) ? `@@@hl@@@${word}@@@endhl@@@` : word,
        )
      : text;
  return {
    title: marked(title),
    excerpt: marked(body.slice(0, 120)),
    source: { type: 'confluence', pageId: id, spaceKey: space },
    content: { iframeSrc: `${base}/rest/servicedeskapi/knowledgebase/article/view/${id}` },
  };
}
