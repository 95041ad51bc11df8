import { editIssue } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { addRequestParticipants } from 'jira.js/serviceDesk';
import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { nameList } from '../../../../shared/filter/nameList.ts';
import { listed } from '../choosing.ts';
import type { Issue } from '../issue.ts';
import type { People } from '../people.ts';
import type { User } from '../wire.ts';
import type { Desk, Desks, Organization } from './desks.ts';
import { noRequest, organizationsOf, participantsOf, requireRequest } from './requestDetails.ts';
import type { RequestFields } from './requestRow.ts';

export interface AddedParticipants {
  before: Issue;
  after: Issue;
  /** The names of those who were added. */
  added: string[];
  /** The names of those who had it already. */
  already: string[];
}

interface ParticipantParts {
  client: Client;
  people: People;
  desks: Desks;
  fields: RequestFields;
  getIssue(issueKey: string, options: { fields: string[] }): Promise<Issue>;
  /** It never throws: the change is made. */
  readBack(issueKey: string, fields: string[]): Promise<Issue>;
}

/**
 * Shares a request with people and organisations. Everybody is looked up before anything is written.
 * @throws Failure
 */
export async function addParticipants(
  issueKey: string,
  given: { people: string | undefined; organizations: string | undefined },
  { client, people, desks, fields, getIssue, readBack }: ParticipantParts,
): Promise<AddedParticipants> {
  if (given.people === undefined && given.organizations === undefined) {
    throw invalidInput([{ field: 'people', message: 'Name at least one person or organisation.' }]);
  }
  const asked = [
    'project',
    'summary',
    'status',
    ...[fields.participants, fields.organizations].flatMap(field => field?.id ?? []),
  ];
  const before = await getIssue(issueKey, { fields: asked });
  requireRequest(before, 'To have somebody follow an issue of another project, add them as watchers in Jira.');
  const named = await Promise.all(nameList(given.people ?? '').map(name => people.find(name)));
  const persons = [...new Map(named.map(each => [each.accountId, each])).values()];
  const organizations =
    given.organizations === undefined
      ? []
      : await organizationsCalled(given.organizations, persons, before, { desks, fields });
  const held = new Set(participantsOf(before, fields).map(({ accountId }) => accountId));
  const shared = organizationsOf(before, fields);
  const newPeople = persons.filter(({ accountId }) => !held.has(accountId));
  const newOnes = organizations.filter(({ id }) => shared.every(each => each.id !== id));
  if (newPeople.length > 0) {
    await addRequestParticipants(client, {
      issueIdOrKey: before.key,
      accountIds: newPeople.map(({ accountId }) => accountId),
    }).catch(error => {
      throw noRequest(error, before.key);
    });
  }
  if (newOnes.length > 0 && fields.organizations) {
    const ids = [...shared, ...newOnes].map(({ id }) => Number(id));
    await editIssue(client, { issueIdOrKey: before.key, fields: { [fields.organizations.id]: ids } }).catch(error => {
      throw newPeople.length > 0 ? withoutOrganizations(error, before.key) : error;
    });
  }
  const after = await readBack(before.key, asked);
  const names = new Map(participantsOf(after, fields).map(({ accountId, displayName }) => [accountId, displayName]));
  const nameOf = ({ accountId, displayName }: (typeof persons)[number]) =>
    displayName ?? names.get(accountId) ?? accountId;
  return {
    before,
    after,
    added: [...newPeople.map(nameOf), ...newOnes.map(({ name }) => name)],
    already: [
      ...persons.filter(each => !newPeople.includes(each)).map(nameOf),
      ...organizations.filter(each => !newOnes.includes(each)).map(({ name }) => name),
    ],
  };
}

/** The organisations by their names; `theirs` is that of each of the people. */
async function organizationsCalled(
  text: string,
  persons: readonly User[],
  issue: Issue,
  { desks, fields }: Pick<ParticipantParts, 'desks' | 'fields'>,
): Promise<Organization[]> {
  if (!fields.organizations) {
    const message = 'This Jira site has no field for the organisations of a request.';
    throw invalidInput([{ field: 'organizations', message }]);
  }
  const desk = await desks.desk(issue.project?.key ?? issue.key.slice(0, issue.key.lastIndexOf('-')));
  const found = await Promise.all(
    nameList(text).map(async name =>
      isTheirs(name) ? theirs(desk, persons, desks) : [await desks.organization(desk, name)],
    ),
  );
  return [...new Map(found.flat().map(each => [each.id, each])).values()];
}

const isTheirs = (name: string) => /^(?:theirs|their organi[sz]ations?)$/i.test(name);

/** @throws Failure unless each of the people belongs to exactly one of the desk's: it is never guessed */
async function theirs(desk: Desk, persons: readonly User[], desks: Desks): Promise<Organization[]> {
  if (persons.length === 0) {
    throw invalidInput([{ field: 'organizations', message: '"theirs" is that of the people: name them as well.' }]);
  }
  return Promise.all(
    persons.map(async ({ accountId, displayName }) => {
      const who = displayName ?? accountId;
      const [only, ...others] = await desks.organizationsOf(desk, accountId);
      if (only && others.length === 0) return only;
      const message = only
        ? `${who} belongs to several organisations of ${desk.name}: ${listed([only, ...others].map(({ name }) => name))}. Ask the user which one is meant, and name it.`
        : `${who} belongs to no organisation of ${desk.name}. Ask the user which one is meant, and name it.`;
      throw new Failure(only ? 'ambiguous' : 'not_found', `organizations: ${message}`, {
        errors: [{ field: 'organizations', message }],
      });
    }),
  );
}

/** The failure for organisations that were not added after the people were. */
function withoutOrganizations(error: unknown, issueKey: string): unknown {
  if (!(error instanceof Failure)) return error;
  const message = `The people were added to ${issueKey}, but the organisations were not, or Jira did not confirm it: ${error.message} Look at it with getRequest, and add the organisations alone.`;
  return new Failure(error.code, message, { retryable: false, halfDone: true, cause: error });
}
