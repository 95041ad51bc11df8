import { editIssue } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { addRequestParticipants } from 'jira.js/serviceDesk';
import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { nameList } from '../../../../shared/filter/nameList.ts';
import type { Issue } from '../issue.ts';
import type { People } from '../people.ts';
import type { Desks } from './desks.ts';
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
  const [named, organizations] = await Promise.all([
    Promise.all(nameList(given.people ?? '').map(name => people.find(name))),
    given.organizations === undefined ? [] : organizationsCalled(given.organizations, before, { desks, fields }),
  ]);
  const persons = [...new Map(named.map(each => [each.accountId, each])).values()];
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

async function organizationsCalled(
  text: string,
  issue: Issue,
  { desks, fields }: Pick<ParticipantParts, 'desks' | 'fields'>,
): Promise<{ id: string; name: string }[]> {
  if (!fields.organizations) {
    const message = 'This Jira site has no field for the organisations of a request.';
    throw invalidInput([{ field: 'organizations', message }]);
  }
  const desk = await desks.desk(issue.project?.key ?? issue.key.slice(0, issue.key.lastIndexOf('-')));
  const named = await Promise.all(nameList(text).map(name => desks.organization(desk, name)));
  return [...new Map(named.map(each => [each.id, each])).values()];
}

/** The failure for organisations that were not added after the people were. */
function withoutOrganizations(error: unknown, issueKey: string): unknown {
  if (!(error instanceof Failure)) return error;
  const message = `The people were added to ${issueKey}, but the organisations were not, or Jira did not confirm it: ${error.message} Look at it with getRequest, and add the organisations alone.`;
  return new Failure(error.code, message, { retryable: false, halfDone: true, cause: error });
}
