import { getCurrentUser, getProject } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import {
  getQueues,
  getRequestTypeFields,
  getRequestTypes,
  getServiceDeskOrganizations,
  getServiceDesks,
} from 'jira.js/serviceDesk';
import { createCache } from '../../../../shared/cache.ts';
import { type Call, shareable } from '../../../../shared/call.ts';
import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { nearNames } from '../../../../shared/filter/nearNames.ts';
import type { KeptBy } from '../../../../shared/seenBy.ts';
import { quoted } from '../../../../shared/text.ts';
import { ambiguous, folded, type Labels, listed, meantBy, toldApart } from '../choosing.ts';
import { parseAnswer } from '../parseAnswer.ts';
import { type IssueField, projectSchema } from '../wire.ts';
import { desksPage, organizationsPage, queuesPage, requestFields, requestTypesPage } from './wire.ts';

export interface Desk {
  id: string;
  projectKey: string;
  projectId: string | undefined;
  name: string;
}

export interface RequestType {
  id: string;
  name: string;
  description: string | undefined;
  portalId: string | undefined;
}

interface Queue {
  id: string;
  name: string;
  jql: string;
}

/** The service desks of a site and what they have, for one call. Cached for five minutes. */
export interface Desks {
  /**
   * The desk that a project key, a project's ID or a name means; without one, the only desk.
   * @throws Failure `not_found` or `ambiguous`
   */
  desk(text: string | undefined): Promise<Desk>;
  /** @throws Failure `not_found` or `ambiguous`; `forbidden` where the account is no agent of the desk */
  queue(desk: Desk, name: string): Promise<Queue>;
  /** The request types that this service may see. */
  requestTypes(desk: Desk): Promise<RequestType[]>;
  /** @throws Failure `invalid_input` with the names that come near, or `ambiguous` */
  requestType(desk: Desk, name: string): Promise<RequestType>;
  /** The fields that a request of a type is made with. */
  fields(desk: Desk, type: RequestType): Promise<IssueField[]>;
  /** The organisations of customers of a desk that are called so. @throws Failure `not_found` or `ambiguous` */
  organization(desk: Desk, name: string): Promise<Organization>;
  /** The organisations of a desk that a person belongs to. It costs a request. */
  organizationsOf(desk: Desk, accountId: string): Promise<Organization[]>;
  /** The names of those of the desks, five of them at most; undefined where this service is an agent of none. */
  organizationNames(accountId: string): Promise<string[] | undefined>;
}

export interface Organization {
  id: string;
  name: string;
}

const LIFE_MS = 5 * 60_000;
const LOOKUP_MS = 8_000;
const MAX_KEPT = 200;
const PAGE_SIZE = 100;
/** Each is asked by itself whom its organisations have. */
const MAX_DESKS = 5;
/** Ends the reading of a list that does not end. */
const MAX_PAGES = 5;

export function openDesks(clientFor: (call: Call) => Client, { seenBy, now }: KeptBy): (call: Call) => Desks {
  const life = { until: () => now() + LIFE_MS, maxEntries: MAX_KEPT, now };
  const allDesks = createCache<string, Desk[]>(life);
  const queuesOf = createCache<string, Queue[]>(life);
  const typesOf = createCache<string, RequestType[]>(life);
  const fieldsOf = createCache<string, IssueField[]>(life);
  const organizationsOf = createCache<string, Organization[]>(life);

  return call => {
    // Desks that are open to one caller may be closed to another.
    const keyOf = (...parts: string[]) => JSON.stringify([seenBy(call), ...parts]);
    const sharedClient = () => clientFor(shareable(call, LOOKUP_MS, now()));

    const desks = () =>
      allDesks.get(
        keyOf(),
        async () => {
          const client = sharedClient();
          const found = await allPages(async start =>
            parseAnswer(desksPage, await getServiceDesks(client, { start, limit: PAGE_SIZE })),
          ).catch(error => withoutServiceManagement(error, client));
          return found.map(({ id, projectKey, projectId, projectName }) => ({
            id,
            projectKey,
            projectId: projectId ?? undefined,
            name: projectName ?? projectKey,
          }));
        },
        call,
      );

    const requestTypes = (desk: Desk) =>
      typesOf.get(
        keyOf(desk.id),
        async () => {
          const client = sharedClient();
          const found = await allPages(async start =>
            parseAnswer(
              requestTypesPage,
              await getRequestTypes(client, { serviceDeskId: desk.id, start, limit: PAGE_SIZE }),
            ),
          ).catch(error =>
            agentsOnly(error, desk, 'Only its agents and customers see the request types of a service desk'),
          );
          return found.map(({ id, name, description, portalId }) => ({
            id,
            name,
            description: description?.trim() || undefined,
            portalId: portalId ?? undefined,
          }));
        },
        call,
      );

    const membershipsOf = async (desk: Desk, accountId: string) => {
      const client = clientFor(call);
      return allPages(async start =>
        parseAnswer(
          organizationsPage,
          await getServiceDeskOrganizations(client, { serviceDeskId: desk.id, accountId, start, limit: 50 }),
        ),
      );
    };

    return {
      async desk(text) {
        const all = await desks();
        if (text === undefined) return onlyDesk(all);
        const byProject = all.find(
          ({ projectKey, projectId }) => projectKey === text.toUpperCase() || projectId === text,
        );
        if (byProject) return byProject;
        const [desk, another] = meantBy(all, text, deskLabels);
        if (desk && another) throw ambiguous('projectId', text, meantBy(all, text, deskLabels).map(told));
        if (desk) return desk;
        if (!/^(?:[A-Za-z][A-Za-z0-9_]+|[1-9]\d{0,17})$/.test(text)) throw noDesk(text, all);
        // It says so itself where there is no such project, or a policy closes it.
        const project = parseAnswer(projectSchema, await getProject(clientFor(call), { projectIdOrKey: text }));
        throw noDesk(project.key, all);
      },

      async queue(desk, name) {
        const all = await queuesOf.get(
          keyOf(desk.id),
          async () => {
            const client = sharedClient();
            const found = await allPages(async start =>
              parseAnswer(queuesPage, await getQueues(client, { serviceDeskId: desk.id, start, limit: PAGE_SIZE })),
            ).catch(error => agentsOnly(error, desk, 'Only its agents see the queues of a service desk'));
            return found.map(({ jql, ...queue }) => ({ ...queue, jql: jql ?? '' }));
          },
          call,
        );
        return oneCalled(all, name, { input: 'queue', kind: 'queue', place: desk.name });
      },

      requestTypes,

      async requestType(desk, name) {
        const all = await requestTypes(desk);
        return oneCalled(all, name, { input: 'requestType', kind: 'request type', place: desk.name });
      },

      fields: (desk, type) =>
        fieldsOf.get(
          keyOf(desk.id, type.id),
          async () => {
            const answer = await getRequestTypeFields(sharedClient(), {
              serviceDeskId: desk.id,
              requestTypeId: Number(type.id),
            }).catch(error =>
              agentsOnly(error, desk, 'Only its agents and customers see the fields of a request type'),
            );
            return parseAnswer(requestFields, answer)
              .requestTypeFields.filter(({ visible }) => visible !== false)
              .map(toField);
          },
          call,
        ),

      async organization(desk, name) {
        const all = await organizationsOf.get(
          keyOf(desk.id),
          async () => {
            const client = sharedClient();
            return allPages(async start =>
              parseAnswer(
                organizationsPage,
                await getServiceDeskOrganizations(client, { serviceDeskId: desk.id, start, limit: 50 }),
              ),
            ).catch(error => agentsOnly(error, desk, 'Only its agents see the organisations of a service desk'));
          },
          call,
        );
        return oneCalled(all, name, { input: 'organizations', kind: 'organisation', place: desk.name });
      },

      organizationsOf: (desk, accountId) =>
        membershipsOf(desk, accountId).catch(error =>
          agentsOnly(error, desk, 'Only its agents see whom the organisations of a service desk have'),
        ),

      async organizationNames(accountId) {
        const found = await Promise.all(
          (await desks()).slice(0, MAX_DESKS).map(desk =>
            membershipsOf(desk, accountId).catch(error => {
              // The account may be an agent of some desks alone.
              if (isAnswer(error, 403)) return undefined;
              throw error;
            }),
          ),
        );
        const told = found.filter(each => each !== undefined);
        return told.length === 0 ? undefined : [...new Set(told.flat().map(({ name }) => name))];
      },
    };
  };
}

const deskLabels: Labels<Desk> = { name: ({ name }) => name, id: ({ id }) => id, told: desk => told(desk) };

const told = ({ name, projectKey }: Desk) => `${name} (${projectKey})`;

function onlyDesk(all: readonly Desk[]): Desk {
  const [desk, another] = all;
  if (!desk) {
    throw new Failure(
      'not_found',
      'There is no service desk that this service may see: the account signed in to Jira is an agent of none, or there is none.',
    );
  }
  if (!another) return desk;
  const message = `There are several service desks: ${listed(all.map(told))}. Ask the user which one is meant, and give its key as projectId.`;
  throw new Failure('ambiguous', `projectId: ${message}`, { errors: [{ field: 'projectId', message }] });
}

function noDesk(text: string, all: readonly Desk[]): Failure {
  const near = nearNames(
    text,
    all.map(({ name }) => name),
  );
  const known = all.length > 0 ? `The desks are ${listed(all.map(told))}.` : 'This service may see none.';
  const message = `There is no service desk ${quoted(text)}. ${near.length > 0 ? `The nearest is ${near.map(quoted).join(', ')}. ` : ''}${known}`;
  return new Failure('not_found', `projectId: ${message}`, { errors: [{ field: 'projectId', message }] });
}

/** The one thing of a desk that is called so. */
function oneCalled<Thing extends { id: string; name: string }>(
  all: readonly Thing[],
  name: string,
  { input, kind, place }: { input: string; kind: string; place: string },
): Thing {
  const labels: Labels<Thing> = { name: thing => thing.name, id: thing => thing.id };
  const found = meantBy(all, name, labels);
  const [only, another] = found;
  if (only && !another) return only;
  if (another)
    throw ambiguous(
      input,
      name,
      found.map(each => toldApart(each, labels)),
    );
  const names = all.map(thing => thing.name);
  const near = nearNames(name, names);
  const nearest = near.length > 0 ? ` The nearest are ${near.map(quoted).join(', ')}.` : '';
  const known = names.length > 0 ? ` There are ${listed(names)}.` : ' It has none.';
  const message = `${place} has no ${kind} ${quoted(name)}.${nearest}${known}`;
  throw invalidInput([{ field: input, message }]);
}

type FieldAnswer = ReturnType<typeof requestFields.parse>['requestTypeFields'][number];

function toField({
  fieldId,
  name,
  required,
  defaultValues,
  presetValues,
  validValues,
  jiraSchema,
}: FieldAnswer): IssueField {
  const choices = validValues.map(({ value, label, children }) => ({
    id: value,
    name: label ?? value,
    value: undefined,
    key: undefined,
    ...(children &&
      children.length > 0 && {
        children: children.map(child => ({
          id: child.value,
          name: child.label ?? child.value,
          value: undefined,
          key: undefined,
        })),
      }),
  }));
  return {
    id: fieldId,
    name: name ?? fieldId,
    required,
    hasDefaultValue: defaultValues.length + presetValues.length > 0,
    schema: jiraSchema,
    ...(choices.length > 0 && { allowedValues: choices }),
  };
}

/** Whether the failure is what Jira itself answered with that status, and not what a policy says. */
const isAnswer = (error: unknown, status: number): error is Failure =>
  error instanceof Failure && error.cause instanceof Error && error.cause.message === `status ${status}`;

/** @throws Failure that says why agents alone may do that, where Jira does not let this service */
export function agentsOnly(error: unknown, { name }: Pick<Desk, 'name'>, what: string): never {
  if (!isAnswer(error, 403)) throw error;
  throw new Failure(
    'forbidden',
    `${what}, and the account signed in to Jira is none of ${name}. An administrator must make it one, with a licence of Jira Service Management. ${error.message}`,
    { cause: error },
  );
}

/** A site without the product answers its paths like any that does not exist. */
async function withoutServiceManagement(error: unknown, client: Client): Promise<never> {
  if (!isAnswer(error, 404)) throw error;
  // Where even this fails, nothing of the site is there, and that is told.
  await getCurrentUser(client);
  throw new Failure(
    'not_found',
    'This Jira site has no service desks: Jira Service Management is not part of it. Use searchIssues and getIssue for its issues.',
    { cause: error },
  );
}

async function allPages<Item>(
  load: (start: number) => Promise<{ values: Item[]; isLastPage?: boolean | null | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { values, isLastPage } = await load(all.length);
    all.push(...values);
    if (values.length === 0 || isLastPage !== false) break;
  }
  return all;
}

export const isCalled = (one: string, other: string) => folded(one) === folded(other);
