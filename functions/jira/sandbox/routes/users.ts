import { badRequest, notFound } from '../jiraError.ts';
import type { Person } from '../model.ts';
import { showPerson } from '../represent.ts';
import { holdsGlobally, isAssignableIn, mayOn } from '../rights.ts';
import { type Call, integer, mayIn, type Route, route } from '../router.ts';
import { findIssue, findProject, projectOf } from '../site.ts';

export const userRoutes: Route[] = [
  route('GET', 'myself', call => ({ json: { ...showPerson(call, call.viewer), locale: 'en_US' } })),
  route('GET', 'user/search', call => {
    if (!call.query.has('query') && !call.query.has('accountId')) {
      throw badRequest("At least one of 'query', 'accountId' or 'property' must be given.");
    }
    const isFound = holdsGlobally(call.whole, call.viewer.accountId, 'USER_PICKER');
    return slice(call, isFound ? matchingPeople(call) : []);
  }),
  route('GET', 'user/assignable/search', call => {
    const { query, site } = call;
    const [project, issue] = [query.get('project'), query.get('issueKey') ?? query.get('issueId')];
    if (project === null && issue === null) throw badRequest('Project or issue key must be provided.');
    const found = issue === null ? undefined : findIssue(site, issue);
    if (issue !== null && !found) throw notFound('Issue does not exist or you do not have permission to see it.');
    const inProject = project === null ? found && projectOf(site, found) : findProject(site, project);
    if (!inProject) throw notFound(`No project could be found with key '${project}'.`);
    const { whole, viewer } = call;
    const isFound = holdsGlobally(whole, viewer.accountId, 'USER_PICKER') || mayIn(call, 'ASSIGN_ISSUES', inProject);
    const assignable = matchingPeople(call).filter(
      person =>
        isAssignableIn(whole, inProject, person) &&
        (!found || mayOn(whole, person.accountId, 'BROWSE_PROJECTS', found)),
    );
    return slice(call, isFound ? assignable : []);
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
