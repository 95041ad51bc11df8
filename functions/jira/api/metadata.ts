import {
  getAllStatuses,
  getAutoComplete,
  getConfiguration,
  getCreateIssueMetaIssueTypeId,
  getCreateIssueMetaIssueTypes,
  getEditIssueMeta,
  getFieldAutoCompleteForQueryString,
  getFields,
  getIssueAllTypes,
  getIssueLinkTypes,
  getProject,
  getProjectComponents,
  getProjectVersions,
  getStatuses,
  getTransitions,
  searchPriorities,
} from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import type * as z from 'zod';
import { createCache } from '../../../shared/cache.ts';
import { type Call, shareable } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { folded } from '../../../shared/filter/label.ts';
import type { KeptBy } from '../../../shared/seenBy.ts';
import type { WorkingTime } from './duration.ts';
import { type SearchField, toSearchFields } from './filter/searchField.ts';
import { parseAnswer } from './parseAnswer.ts';
import {
  componentsSchema,
  configurationSchema,
  createFieldsSchema,
  editFieldsSchema,
  type IssueField,
  type IssueType,
  issueTypesSchema,
  type LinkType,
  linkTypesSchema,
  prioritiesSchema,
  projectSchema,
  referenceSchema,
  siteFieldsSchema,
  siteTypesSchema,
  statusesSchema,
  suggestionsSchema,
  transitionsSchema,
  typeStatusesSchema,
  versionsSchema,
} from './wire.ts';

/** A value that a search may name. */
interface Suggestion {
  /** As people see it. */
  name: string;
  /** As JQL takes it. */
  value: string;
}

export interface Metadata {
  /** The types that a new issue of a project may have. */
  issueTypes(projectId: string): Promise<IssueType[]>;
  /** The fields of a new issue of a type, optional and required. */
  createFields(projectId: string, issueTypeId: string): Promise<IssueField[]>;
  /**
   * What `use` makes of them. Where it refuses a value by what was kept of them, they are read anew and it is asked once more:
   * the value, such as a version, may have just been made.
   */
  withCreateFields<Made>(
    projectId: string,
    issueTypeId: string,
    use: (fields: IssueField[]) => Promise<Made>,
  ): Promise<Made>;
  /** The fields of an issue that can be changed now. Not cached, because they depend on its status. */
  editFields(issueKey: string): Promise<IssueField[]>;
  linkTypes(): Promise<LinkType[]>;
  /** The IDs of the types of issues that have others under them, such as epics. */
  typesAboveBase(): Promise<readonly string[]>;
  workingTime(): Promise<WorkingTime>;
  /** The names of the statuses that issues of each type of a project go through, by the type's ID. */
  statuses(projectId: string): Promise<ReadonlyMap<string, string[]>>;
  /** Every status of the site with its category. */
  siteStatuses(): Promise<z.output<typeof statusesSchema>>;
  /** The keys of the categories of all statuses, by the status's ID: `new`, `indeterminate`, `done`. */
  statusCategories(): Promise<ReadonlyMap<string, string>>;
  components(projectId: string): Promise<z.output<typeof componentsSchema>>;
  versions(projectId: string): Promise<z.output<typeof versionsSchema>>;
  /** The priorities that issues of a project may have, the highest first. */
  priorities(projectId: string): Promise<z.output<typeof prioritiesSchema>['values']>;
  /** Every field of the site. */
  fields(): Promise<SearchField[]>;
  /** The names in JQL, in small letters, of the fields that Jira cannot sort by. */
  unsortable(): Promise<ReadonlySet<string>>;
  /** The values of a field, by its name in JQL, that begin with `text`; a few of all where it is blank. */
  suggestions(clause: string, text: string): Promise<Suggestion[]>;
  /** The numeric ID of a project. */
  projectId(projectIdOrKey: string): Promise<string>;
  /** The key of a project; it is asked for where an ID is given. */
  projectKey(projectIdOrKey: string): Promise<string>;
  /** The fields on a transition's screen. Not cached either. */
  transitionFields(issueKey: string, transitionId: string): Promise<IssueField[]>;
}

const LIFE_MS = 5 * 60_000;
const LOOKUP_MS = 8_000;
const MAX_KEPT = 200;
const PAGE_SIZE = 200;
/** Ends the reading of a list that does not end. */
const MAX_PAGES = 5;
/** So many types of issues are looked through for one with a priority. */
const MAX_TYPES = 10;

/** Fields on screens that cannot be set when an issue is created or edited. */
const notGiven = new Set(['issuelinks', 'attachment', 'comment', 'worklog']);

/** The issue types, fields and link types of a site, for one call. Cached for five minutes. */
export function openMetadata(clientFor: (call: Call) => Client, { seenBy, now }: KeptBy): (call: Call) => Metadata {
  const life = { until: () => now() + LIFE_MS, maxEntries: MAX_KEPT, now };
  const typesOf = createCache<string, IssueType[]>(life);
  const fieldsOf = createCache<string, IssueField[]>(life);
  const allLinkTypes = createCache<string, LinkType[]>(life);
  const highTypes = createCache<string, readonly string[]>(life);
  const siteTime = createCache<string, WorkingTime>(life);
  const statusesOf = createCache<string, ReadonlyMap<string, string[]>>(life);
  const allStatuses = createCache<string, z.output<typeof statusesSchema>>(life);
  const allFields = createCache<string, SearchField[]>(life);
  // That there is such a value is kept, and that there is none is not: it may be made at any time.
  const suggestionsOf = createCache<string, { sought: string; found: Suggestion[] }>({
    until: ({ sought, found }) => (found.some(({ name }) => folded(name) === folded(sought)) ? now() + LIFE_MS : 0),
    maxEntries: MAX_KEPT,
    now,
  });
  const unsortableNames = createCache<string, ReadonlySet<string>>(life);
  const projects = createCache<string, { id: string; key: string }>(life);

  return call => {
    // Projects that are open to one caller may be closed to another.
    const keyOf = (...parts: string[]) => JSON.stringify([seenBy(call), ...parts]);
    const sharedClient = () => clientFor(shareable(call, LOOKUP_MS, now()));
    const siteStatuses = () =>
      allStatuses.get(keyOf(), async () => parseAnswer(statusesSchema, await getStatuses(sharedClient())), call);
    const projectOf = (projectIdOrKey: string) =>
      projects.get(
        keyOf(projectIdOrKey),
        async () => parseAnswer(projectSchema, await getProject(sharedClient(), { projectIdOrKey })),
        call,
      );
    /** Those that were read for this call. */
    const fresh = new WeakSet<IssueField[]>();
    const createFields = (projectId: string, issueTypeId: string): Promise<IssueField[]> =>
      fieldsOf.get(
        keyOf(projectId, issueTypeId),
        async () => {
          const client = sharedClient();
          const fields = await allPages(async startAt => {
            const answer = await getCreateIssueMetaIssueTypeId(client, {
              projectIdOrKey: projectId,
              issueTypeId,
              startAt,
              maxResults: PAGE_SIZE,
            });
            const { fields: items, total } = parseAnswer(createFieldsSchema, answer);
            return { items, total };
          });
          const read = givable(fields.map(({ fieldId, ...field }) => ({ ...field, id: fieldId })));
          fresh.add(read);
          return read;
        },
        call,
      );

    const issueTypes = (projectId: string): Promise<IssueType[]> =>
      typesOf.get(
        keyOf(projectId),
        () => {
          const client = sharedClient();
          return allPages(async startAt => {
            const answer = await getCreateIssueMetaIssueTypes(client, {
              projectIdOrKey: projectId,
              startAt,
              maxResults: PAGE_SIZE,
            });
            const { issueTypes, total } = parseAnswer(issueTypesSchema, answer);
            return { items: issueTypes, total };
          });
        },
        call,
      );
    /** Those that new issues of the project may be given, by the first type that has any. */
    const givenPriorities = async (projectId: string) => {
      for (const { id } of (await issueTypes(projectId)).slice(0, MAX_TYPES)) {
        const field = (await createFields(projectId, id)).find(each => each.id === 'priority');
        const values = (field?.allowedValues ?? []).flatMap(({ name }) =>
          name ? [{ name, description: undefined }] : [],
        );
        if (values.length > 0) return values;
      }
      return [];
    };

    return {
      issueTypes,
      createFields,
      async withCreateFields(projectId, issueTypeId, use) {
        const fields = await createFields(projectId, issueTypeId);
        try {
          return await use(fields);
        } catch (error) {
          if (!(error instanceof Failure) || error.code !== 'invalid_input' || fresh.has(fields)) throw error;
          fieldsOf.delete(keyOf(projectId, issueTypeId), fields);
          return use(await createFields(projectId, issueTypeId));
        }
      },

      async editFields(issueKey) {
        const answer = await getEditIssueMeta(clientFor(call), { issueIdOrKey: issueKey });
        const { fields } = parseAnswer(editFieldsSchema, answer);
        return givable(Object.entries(fields).map(([id, field]) => ({ ...field, id })));
      },

      linkTypes: () =>
        allLinkTypes.get(
          keyOf(),
          async () => parseAnswer(linkTypesSchema, await getIssueLinkTypes(sharedClient())).issueLinkTypes,
          call,
        ),

      typesAboveBase: () =>
        highTypes.get(
          keyOf(),
          async () =>
            parseAnswer(siteTypesSchema, await getIssueAllTypes(sharedClient()))
              .filter(({ hierarchyLevel }) => (hierarchyLevel ?? 0) > 0)
              .map(({ id }) => id),
          call,
        ),

      workingTime: () =>
        siteTime.get(
          keyOf(),
          async () => {
            const { timeTrackingConfiguration } = parseAnswer(
              configurationSchema,
              await getConfiguration(sharedClient()),
            );
            const { workingHoursPerDay, workingDaysPerWeek } = timeTrackingConfiguration;
            return { hoursPerDay: workingHoursPerDay, daysPerWeek: workingDaysPerWeek };
          },
          call,
        ),

      statuses: projectId =>
        statusesOf.get(
          keyOf(projectId),
          async () => {
            const answer = await getAllStatuses(sharedClient(), { projectIdOrKey: projectId });
            const types = parseAnswer(typeStatusesSchema, answer);
            return new Map(types.map(({ id, statuses }) => [id, statuses.map(({ name }) => name)]));
          },
          call,
        ),

      siteStatuses,

      statusCategories: async () =>
        new Map((await siteStatuses()).flatMap(({ id, statusCategory: of }) => (of ? [[id, of.key]] : []))),

      components: async projectId =>
        parseAnswer(componentsSchema, await getProjectComponents(clientFor(call), { projectIdOrKey: projectId })),

      versions: async projectId =>
        parseAnswer(versionsSchema, await getProjectVersions(clientFor(call), { projectIdOrKey: projectId })),

      priorities: projectId =>
        allPages(async startAt => {
          const answer = await searchPriorities(clientFor(call), {
            projectId: [projectId],
            startAt: String(startAt),
            maxResults: String(PAGE_SIZE),
          });
          const { values: items, total } = parseAnswer(prioritiesSchema, answer);
          return { items, total };
        }).catch(error => {
          // Of tokens with scopes, Jira wants one here that lets them manage the whole site.
          const lacksScope =
            error instanceof Failure && (error.code === 'forbidden' || error.code === 'upstream_auth_failed');
          if (!lacksScope) throw error;
          return givenPriorities(projectId);
        }),

      fields: () =>
        allFields.get(
          keyOf(),
          async () => toSearchFields(parseAnswer(siteFieldsSchema, await getFields(sharedClient()))),
          call,
        ),

      unsortable: () =>
        unsortableNames.get(
          keyOf(),
          async () => {
            const { visibleFieldNames } = parseAnswer(referenceSchema, await getAutoComplete(sharedClient()));
            const others = visibleFieldNames.filter(({ orderable }) => orderable !== 'true');
            return new Set(
              others.flatMap(({ value, cfid }) => [value, cfid ?? value]).map(name => plainClause(name).toLowerCase()),
            );
          },
          call,
        ),

      suggestions: async (clause, value) => {
        const load = async () => {
          const request = { fieldName: clause, ...(value !== '' && { fieldValue: value }) };
          const { results } = parseAnswer(
            suggestionsSchema,
            await getFieldAutoCompleteForQueryString(sharedClient(), request),
          );
          const found = results.map(({ displayName, value: inJql }) => ({
            name: displayName === null || displayName === undefined ? (inJql ?? '') : plainName(displayName),
            value: inJql ?? '',
          }));
          return { sought: value, found };
        };
        return (await suggestionsOf.get(keyOf(clause, value), load, call)).found;
      },

      projectId: async projectIdOrKey => (await projectOf(projectIdOrKey)).id,

      projectKey: async projectIdOrKey =>
        /^\d+$/.test(projectIdOrKey) ? (await projectOf(projectIdOrKey)).key : projectIdOrKey,

      async transitionFields(issueKey, transitionId) {
        const request = { issueIdOrKey: issueKey, transitionId, expand: 'transitions.fields' };
        const { transitions } = parseAnswer(transitionsSchema, await getTransitions(clientFor(call), request));
        return givable(
          transitions.flatMap(({ fields }) => Object.entries(fields).map(([id, field]) => ({ ...field, id }))),
        );
      },
    };
  };
}

/** A field's name in JQL without quotation marks. */
export const plainClause = (clause: string) => clause.replace(/^"(.*)"$/, '$1');

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** A suggestion is told in HTML, with what was sought in bold. */
const plainName = (html: string) =>
  html.replace(/<\/?b>/g, '').replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');

function givable(fields: readonly (Omit<IssueField, 'name'> & { name?: string | null | undefined })[]): IssueField[] {
  return fields.filter(({ id }) => !notGiven.has(id)).map(field => ({ ...field, name: field.name ?? field.id }));
}

async function allPages<Item>(
  load: (startAt: number) => Promise<{ items: Item[]; total: number | null | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, total } = await load(all.length);
    all.push(...items);
    if (items.length === 0 || typeof total !== 'number' || all.length >= total) break;
  }
  return all;
}
