import { badRequest, JiraError } from '../jiraError.ts';
import type { SavedFilter } from '../model.ts';
import { showPersonById } from '../represent.ts';
import { type Call, list, page, type Route, route } from '../router.ts';

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-filters/ */
export const filterRoutes: Route[] = [
  route('GET', 'filter/search', call => {
    const wanted = call.query.get('filterName')?.toLowerCase() ?? '';
    const shown = list([call.query.get('expand') ?? '']);
    const found = call.site.filters
      .filter(({ name }) => name.toLowerCase().includes(wanted))
      .toSorted((one, other) => one.name.localeCompare(other.name, 'en') || Number(one.id) - Number(other.id));
    return page(
      call,
      found.map(filter => showFilter(call, filter, shown)),
      'filter/search',
    );
  }),
  route('GET', 'filter/{id}', call => {
    const id = call.params.id ?? '';
    if (!/^\d+$/.test(id)) throw badRequest(`'${id}' is not a valid filter id.`);
    const filter = call.site.filters.find(each => each.id === id);
    if (!filter)
      throw new JiraError(
        400,
        'The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.',
      );
    return { json: showFilter(call, filter, ['description', 'jql', 'owner', 'sharePermissions']) };
  }),
];

/** A search gives the name alone unless more is asked for. */
function showFilter(
  call: Call,
  { id, name, description, jql, ownerId, sharedWith }: SavedFilter,
  shown: readonly string[],
) {
  return {
    expand: 'description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions,editPermissions',
    self: `${call.base}/rest/api/3/filter/${id}`,
    id,
    name,
    ...(shown.includes('description') && { description }),
    ...(shown.includes('owner') && { owner: showPersonById(call, ownerId) }),
    ...(shown.includes('jql') && { jql }),
    ...(shown.includes('sharePermissions') && {
      sharePermissions: sharedWith?.map(accountId => ({ type: 'user', user: showPersonById(call, accountId) })) ?? [
        { type: 'loggedin' },
      ],
    }),
    ...(shown.includes('viewUrl') && { viewUrl: `${call.base}/issues/?filter=${id}` }),
  };
}
