import type { Client } from 'jira.js/core';
import type { FieldTimes } from '../../../../shared/time/inputs.ts';
import type { Issue } from '../issue.ts';
import { ifAny, notRead } from '../issueRow.ts';
import type { Metadata } from '../metadata.ts';
import type { People } from '../people.ts';
import type { Planning } from '../planning.ts';
import { answerApproval, type Decision } from './answerApproval.ts';
import { createRequest, type NewRequest } from './createRequest.ts';
import type { Desks } from './desks.ts';
import { addParticipants } from './participants.ts';
import { organizationsOf, participantsOf, type ShownApproval, showApproval } from './requestDetails.ts';
import { fieldsOfRequest, type RequestFields, type RequestRow, requestFieldsOf, toRequestRow } from './requestRow.ts';
import { slasOf } from './sla.ts';

export interface RequestWrites {
  /** @throws Failure as `createRequest` of the service desk */
  createRequest(given: NewRequest): Promise<RequestRow & { desk: string; participants?: string[]; note?: string }>;
  /** @throws Failure as `addParticipants` of the service desk */
  addParticipants(
    issueKey: string,
    given: { people: string | undefined; organizations: string | undefined },
  ): Promise<SharedRequest>;
  /** @throws Failure as `answerApproval` of the service desk */
  answerApproval(issueKey: string, given: { decision: Decision; name: string | undefined }): Promise<AnsweredApproval>;
}

interface AnsweredApproval extends ShownApproval {
  issueKey: string;
  url: string;
  note?: string;
}

interface SharedRequest {
  issueKey: string;
  title: string | undefined;
  added: string[];
  already: string[] | undefined;
  participants: string[] | undefined;
  organizations: string[] | undefined;
  url: string;
  note?: string;
}

interface WriteParts {
  client: Client;
  desks: Desks;
  people: People;
  planning: Planning;
  times: FieldTimes;
  metadata: Metadata;
  baseUrl: string;
  browseUrl(issueKey: string): string;
  getIssue(issueKey: string, options: { fields: string[] }): Promise<Issue>;
  /** Reads what was written; it never throws. */
  readBack(issueKey: string, fields: string[]): Promise<Issue>;
}

export function requestWrites(parts: WriteParts): RequestWrites {
  const { metadata, people, browseUrl, readBack } = parts;
  return {
    async createRequest(given) {
      // Before the write, so that nothing but the request itself is waited for after it.
      const fields = requestFieldsOf(await metadata.fields().catch(() => []));
      const { key, desk } = await createRequest(given, parts);
      const issue = await readBack(key, [...fieldsOfRequest(fields), ...idsOf(fields)]);
      const notes = [...(issue.isUnread ? [notRead] : []), ...people.notes];
      return {
        ...toRequestRow(issue, fields, slasOf(issue, fields.slas), browseUrl),
        desk: desk.name,
        ...namesOf(issue, fields),
        ...(notes.length > 0 && { note: notes.join(' ') }),
      };
    },

    async addParticipants(issueKey, given) {
      const fields = requestFieldsOf(await metadata.fields());
      const { before, after, added, already } = await addParticipants(issueKey, given, { ...parts, fields });
      return {
        issueKey: before.key,
        title: before.summary,
        added,
        already: ifAny(already),
        participants: namesOf(after, fields).participants,
        organizations: ifAny(organizationsOf(after, fields).flatMap(({ name }) => name ?? [])),
        url: browseUrl(before.key),
        ...(after.isUnread && { note: notRead }),
      };
    },

    async answerApproval(issueKey, given) {
      const { approval, isNew } = await answerApproval(issueKey, given, parts);
      return {
        ...showApproval(approval),
        issueKey,
        url: browseUrl(issueKey),
        ...(!isNew && { note: 'The user had answered it so before: nothing was done now.' }),
      };
    },
  };
}

const idsOf = ({ participants, organizations }: RequestFields) =>
  [participants, organizations].flatMap(field => field?.id ?? []);

const namesOf = (issue: Issue, fields: RequestFields) => {
  const names = participantsOf(issue, fields).flatMap(({ displayName }) => displayName ?? []);
  return names.length > 0 ? { participants: names } : {};
};
