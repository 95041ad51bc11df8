import { badRequest, notFound } from '../jiraError.ts';
import type { Person } from '../model.ts';
import { showPerson } from '../represent.ts';
import { type Call, integer, type Route, route } from '../router.ts';
import { findIssue, findProject, isAssignable } from '../site.ts';

export const userRoutes: Route[] = [
  route('GET', 'myself', call => ({ json: { ...showPerson(call, call.viewer), locale: 'en_US' } })),
  route('GET', 'user/search', call => {
    if (!call.query.has('query') && !call.query.has('accountId')) {
      throw badRequest("At least one of 'query', 'accountId' or 'property' must be given.");
    }
    return slice(call, matchingPeople(call));
  }),
  route('GET', 'user/assignable/search', call => {
    const { query, site } = call;
    const [project, issue] = [query.get('project'), query.get('issueKey') ?? query.get('issueId')];
    if (project === null && issue === null) throw badRequest('Project or issue key must be provided.');
    if (project !== null && !findProject(site, project))
      throw notFound(`No project could be found with key '${project}'.`);
    if (issue !== null && !findIssue(site, issue))
      throw notFound('Issue does not exist or you do not have permission to see it.');
    return slice(call, matchingPeople(call).filter(isAssignable));
  }),
];

/** A page of people; Jira answers it as a bare array. */
function slice(call: Call, people: Person[]) {
  const startAt = integer(call, 'startAt', 0);
  const found = people.slice(startAt, startAt + integer(call, 'maxResults', 50, 1000));
  return { json: found.map(person => showPerson(call, person)) };
}

/** Active people whose name or e-mail address, or a word of the name, starts with the query. */
function matchingPeople({ site, query }: Call): Person[] {
  const accountId = query.get('accountId');
  const wanted = fold(query.get('query') ?? '');
  return site.people.filter(person => {
    if (!person.active || (accountId !== null && person.accountId !== accountId)) return false;
    const name = fold(person.displayName);
    return [name, ...name.split(/\s+/), person.email].some(text => text.startsWith(wanted));
  });
}

/** Lower case without accents: Jira finds Zoë by `zoe`. */
const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
