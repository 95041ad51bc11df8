import type { SandboxReply, SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';
import { type Lead, noThingPage, type Thing, thingPage } from '../../../shared/sandbox/thingPage.ts';
import { isDocument, plainText } from './adf.ts';
import type { Issue } from './model.ts';
import { chosenFields, showIssue } from './represent.ts';
import { childrenOf, findIssue, findProject, issueById, linksOf, personById, projectOf, type Site } from './site.ts';

type Page = (site: Site, parts: string[], query: URLSearchParams) => Thing | undefined;

/** The addresses that answers of the actions have, and what a person sees there. */
const pages: readonly { path: RegExp; page: Page }[] = [
  {
    path: /^\/browse\/([\w-]+)$/,
    page(site, [key = '']) {
      const issue = findIssue(site, key);
      return issue ? issueThing(site, issue) : projectThing(site, key);
    },
  },
  { path: /^\/secure\/RapidBoard\.jspa$/, page: (site, _, query) => boardThing(site, query.get('rapidView') ?? '') },
  { path: /^\/issues\/$/, page: (site, _, query) => filterThing(site, query.get('filter') ?? '') },
  { path: /^\/projects\/[\w-]+\/versions\/(\d+)$/, page: (site, [id = '']) => versionThing(site, id) },
  {
    path: /^\/(?:servicedesk\/customer\/(?:portal\/\d+\/)?article|wiki\/spaces\/[\w~-]+\/pages)\/(\d+)$/,
    page: (site, [id = '']) => articleThing(site, id),
  },
  {
    path: /^\/servicedesk\/customer\/portal\/(\d+)\/create\/(\d+)$/,
    page: (site, [deskId, typeId]) => requestTypeThing(site, deskId, typeId),
  },
  {
    path: /^\/rest\/api\/3\/attachment\/content\/(\d+)$/,
    page: (site, [id]) => fileThing(site, id),
  },
];

/** What a browser, which brings no credentials, is shown of the site. */
export function answerPage(site: Site, { method, path, query, headers }: SandboxRequest): SandboxReply | undefined {
  if (method !== 'GET' || headers.authorization !== undefined) return undefined;
  for (const { path: form, page } of pages) {
    const match = form.exec(path);
    if (!match) continue;
    const thing = page(site, match.slice(1), query);
    return thing ? thingPage(thing) : noThingPage();
  }
  return undefined;
}

const issueLead = ({ key, values }: Issue): Lead => ({ text: `${key} ${values.summary}`, href: `/browse/${key}` });

/** Fields that have a place of their own on the page, or say nothing to a person. */
const elsewhere = new Set([
  'summary',
  'comment',
  'worklog',
  'attachment',
  'issuelinks',
  'subtasks',
  'parent',
  'project',
  'watches',
  'votes',
]);

function issueThing(site: Site, issue: Issue): Thing {
  const options = { fields: chosenFields(site, [], '*all'), expand: ['names'], listLimit: 0, historyLimit: 0 };
  const { fields, names } = showIssue({ site, base: '' }, issue, options);
  const nameOf = (accountId: string) => personById(site, accountId)?.displayName ?? '';
  const { parent } = issue.values;
  return {
    kind: 'Issue',
    title: `${issue.key}: ${issue.values.summary}`,
    facts: [
      ['Project', [{ text: projectOf(site, issue).name, href: `/browse/${projectOf(site, issue).key}` }]],
      ['Parent', typeof parent === 'string' ? [issueLead(issueById(site, parent))] : []],
      ...Object.entries(fields)
        .filter(([id]) => !elsewhere.has(id))
        .map(([id, value]) => [names?.[id] ?? id, inWords(value)] as const),
    ],
    lists: [
      { title: 'Below it', items: childrenOf(site, issue).map(issueLead) },
      {
        title: 'Links',
        items: [
          ...linksOf(site, issue).map(({ typeId, sourceId, targetId }) => {
            const type = site.linkTypes.find(({ id }) => id === typeId);
            const isOutward = sourceId === issue.id;
            const other = issueLead(issueById(site, isOutward ? targetId : sourceId));
            return { ...other, text: `${isOutward ? type?.outward : type?.inward} ${other.text}` };
          }),
          ...(issue.remoteLinks ?? []).map(({ object: { title, url } }) => ({ text: title, href: url })),
        ],
      },
      {
        title: 'Files',
        items: issue.attachments.map(({ filename, id }) => ({
          text: filename,
          href: `/rest/api/3/attachment/content/${id}`,
        })),
      },
      {
        title: 'Comments',
        items: issue.comments.map(({ authorId, body, isPublic }) => ({
          text: `${nameOf(authorId)}${isPublic ? '' : ' (internal)'}: ${plainText(body)}`,
        })),
      },
      {
        title: 'Work',
        items: issue.worklogs.map(({ authorId, seconds, comment }) => ({
          text: `${nameOf(authorId)}, ${Math.round(seconds / 60)} minutes: ${comment ? plainText(comment) : ''}`,
        })),
      },
    ],
  };
}

/** A value as its field is shown to people: the name of what it is, whatever that is. */
function inWords(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(inWords).filter(Boolean).join(', ');
  if (isDocument(value)) return plainText(value);
  if (typeof value !== 'object') return String(value);
  const { displayName, name, value: option, child } = value as Record<string, unknown>;
  return [displayName ?? name ?? option, child].map(inWords).filter(Boolean).join(', ');
}

function projectThing(site: Site, key: string): Thing | undefined {
  const project = findProject(site, key);
  if (!project) return undefined;
  const boards = site.boards.filter(({ projectId }) => projectId === project.id);
  return {
    kind: 'Project',
    title: `${project.key}: ${project.name}`,
    facts: [
      ['Description', project.description],
      ['Lead', personById(site, project.leadId)?.displayName ?? ''],
      ['Boards', boards.map(({ id, name }) => ({ text: name, href: `/secure/RapidBoard.jspa?rapidView=${id}` }))],
      [
        'Versions',
        project.versions.map(({ id, name }) => ({ text: name, href: `/projects/${project.key}/versions/${id}` })),
      ],
    ],
    lists: [{ title: 'Issues', items: site.issues.filter(({ projectId }) => projectId === project.id).map(issueLead) }],
  };
}

function boardThing(site: Site, id: string): Thing | undefined {
  const board = site.boards.find(each => each.id === id);
  if (!board) return undefined;
  const sprints = site.sprints.filter(sprint => board.sprintIds.includes(sprint.id));
  const fieldIds = site.fields.filter(({ kind }) => kind === 'sprint').map(field => field.id);
  const isIn = (issue: Issue, sprintId: string) =>
    fieldIds.some(fieldId => [issue.values[fieldId] ?? []].flat().includes(sprintId));
  return {
    kind: 'Board',
    title: board.name,
    facts: [['Type', board.type]],
    lists: sprints.map(sprint => ({
      title: `${sprint.name} (${sprint.state})`,
      items: site.issues.filter(issue => isIn(issue, sprint.id)).map(issueLead),
    })),
  };
}

function filterThing(site: Site, id: string): Thing | undefined {
  const filter = site.filters.find(each => each.id === id);
  return (
    filter && {
      kind: 'Saved filter',
      title: filter.name,
      facts: [
        ['Description', filter.description],
        ['Query', filter.jql],
        ['Owner', personById(site, filter.ownerId)?.displayName ?? ''],
      ],
    }
  );
}

function versionThing(site: Site, id: string): Thing | undefined {
  const version = site.projects.flatMap(({ versions }) => versions).find(each => each.id === id);
  if (!version) return undefined;
  const isIn = ({ values }: Issue) => [values.fixVersions ?? []].flat().includes(id);
  return {
    kind: 'Version',
    title: version.name,
    facts: [
      ['Description', version.description ?? ''],
      ['Released', version.released ? 'yes' : 'no'],
      ['Release date', version.releaseDate ?? ''],
    ],
    lists: [{ title: 'Issues', items: site.issues.filter(isIn).map(issueLead) }],
  };
}

function articleThing(site: Site, id: string): Thing | undefined {
  const article = site.desks.flatMap(({ articles }) => articles).find(each => each.id === id);
  return article && { kind: 'Article', title: article.title, facts: [['Text', article.body]] };
}

function requestTypeThing(site: Site, deskId: string | undefined, typeId: string | undefined): Thing | undefined {
  const type = site.desks.find(({ id }) => id === deskId)?.requestTypes.find(({ id }) => id === typeId);
  return (
    type && {
      kind: 'Request type',
      title: type.name,
      facts: [
        ['Description', type.description],
        ['Fields', type.fields.map(({ name }) => name).join(', ')],
      ],
    }
  );
}

function fileThing(site: Site, id: string | undefined): Thing | undefined {
  const holder = site.issues.find(({ attachments }) => attachments.some(each => each.id === id));
  const file = holder?.attachments.find(each => each.id === id);
  if (!holder || !file) return undefined;
  return {
    kind: 'File',
    title: file.filename,
    facts: [
      ['Issue', [issueLead(holder)]],
      ['Size', `${file.size} bytes`],
      ['Contents', file.bytes ? [{ text: 'Open', href: `/media/${file.id}` }] : 'They are lost.'],
    ],
  };
}
