import { choicesOf, type Field, fieldByClauseName } from '../fields.ts';
import { badRequest } from '../jiraError.ts';
import { reservedWords } from '../jqlReservedWords.ts';
import { unsortable } from '../jqlSearch.ts';
import { showIssueType, showPriority, showStatus } from '../represent.ts';
import { type Call, page, type Route, route } from '../router.ts';
import { statusCategories } from '../statusCategories.ts';

/** The most suggestions of one request. */
const MAX_SUGGESTIONS = 15;

export const fieldRoutes: Route[] = [
  route('GET', 'field', ({ site }) => ({ json: [issueKey, ...site.fields.map(showSiteField)] })),
  route('GET', 'status', call => ({ json: call.site.statuses.map(status => showStatus(call, status)) })),
  route('GET', 'issuetype', call => ({ json: call.site.issueTypes.map(type => showIssueType(call, type)) })),
  route('GET', 'priority/search', call =>
    page(
      call,
      call.site.priorities.map(priority => showPriority(call, priority)),
      'priority/search',
    ),
  ),
  route('GET', 'jql/autocompletedata', ({ site }) => ({
    json: {
      visibleFieldNames: site.fields
        .filter(({ clauseNames }) => clauseNames.length > 0)
        .map(({ clauseNames: [clause = ''], name, schema: { customId } }) => ({
          value: customId === undefined ? clause : JSON.stringify(name),
          displayName: customId === undefined ? name : `${name} - cf[${customId}]`,
          ...(customId !== undefined && { cfid: `cf[${customId}]` }),
          orderable: String(!unsortable.has(clause.toLowerCase())),
          searchable: 'true',
        }))
        .concat(people),
      visibleFunctionNames: [],
      jqlReservedWords: [...reservedWords],
    },
  })),
  route('GET', 'jql/autocompletedata/suggestions', call => {
    const field = fieldByClauseName(call.site, call.query.get('fieldName') ?? '');
    if (!field) throw badRequest('The field does not exist.');
    const wanted = (call.query.get('fieldValue') ?? '').toLowerCase();
    const results = namesOf(call, field)
      .filter(name => name.toLowerCase().startsWith(wanted))
      .slice(0, MAX_SUGGESTIONS)
      .map(name => ({
        // JQL takes a team by its ID.
        value:
          (field.schema.type === 'team' && choicesOf(call.site, field)?.find(each => each.name === name)?.id) || name,
        displayName: wanted === '' ? name : `<b>${name.slice(0, wanted.length)}</b>${name.slice(wanted.length)}`,
      }));
    return { json: { results } };
  }),
];

/** They are no fields, and queries know them. */
const people = ['watcher', 'voter'].map(value => ({
  value,
  displayName: value,
  orderable: 'false',
  searchable: 'true',
}));

/** It is no field of an issue, but is listed as one. */
const issueKey = {
  id: 'issuekey',
  key: 'issuekey',
  name: 'Key',
  custom: false,
  orderable: false,
  navigable: true,
  searchable: true,
  clauseNames: ['id', 'issue', 'issuekey', 'key'],
};

const showSiteField = ({ id, name, clauseNames, schema, kind }: Field) => ({
  id,
  key: id,
  name,
  custom: schema.custom !== undefined,
  orderable: kind !== 'readOnly',
  navigable: true,
  searchable: clauseNames.length > 0,
  clauseNames,
  schema,
});

/** The values that a search for the field may name. */
function namesOf({ site }: Call, field: Field): string[] {
  switch (field.id) {
    case 'status':
      return site.statuses.map(({ name }) => name);
    case 'statusCategory':
      return Object.values(statusCategories).map(({ name }) => name);
    case 'issuetype':
      return site.issueTypes.map(({ name }) => name);
    case 'project':
      return site.projects.map(({ name }) => name);
    case 'components':
      return site.projects.flatMap(({ components }) => components.map(({ name }) => name));
    case 'fixVersions':
      return site.projects.flatMap(({ versions }) => versions.map(({ name }) => name));
    default:
      if (field.kind === 'requestType') {
        return site.desks.flatMap(({ projectId, requestTypes }) => {
          const key = site.projects.find(({ id }) => id === projectId)?.key;
          return requestTypes.map(({ name }) => `${name} (${key})`);
        });
      }
      return (choicesOf(site, field) ?? []).map(({ name }) => name);
  }
}
