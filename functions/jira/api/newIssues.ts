import { createHash, randomUUID } from 'node:crypto';
import { bulkFetchIssues, createIssues, searchAndReconsileIssuesUsingJqlPost } from 'jira.js/cloud';
import * as z from 'zod';
import { Failure, type FieldError, invalidInput, lostWrite } from '../../../shared/failure.ts';
import type { ItemResult, ItemState } from '../../../shared/plan/carryOut.ts';
import type { ItemOutcome } from '../../../shared/plan/itemOutcome.ts';
import type { LeftItem, PlanItem } from '../../../shared/plan/plans.ts';
import { beginning, quoted, sentence } from '../../../shared/text.ts';
import { fieldTimes } from '../../../shared/time/inputs.ts';
import { folded, listed } from './choosing.ts';
import { isSprint } from './fieldValue.ts';
import { isNone, listOf } from './inputs.ts';
import { dateOf, type Issue, readIssues } from './issue.ts';
import { toChange, withInputNames } from './issueFields.ts';
import { obviousType, typeCalled } from './issueTypes.ts';
import { inProject, jql } from './jql.ts';
import type { NewIssue } from './newIssueList.ts';
import { parseAnswer } from './parseAnswer.ts';
import { askedOnce, closedMeanwhile, openSprintIn } from './planning.ts';
import { createdManySchema, type IssueType, markedSchema } from './wire.ts';
import { asFailure, type WritesOfMany } from './writesOfMany.ts';

/** What is needed to make a new issue, as it is kept until it is confirmed. */
export const newIssueData = z.object({
  type: z.string(),
  summary: z.string(),
  /** By field ID, as Jira takes them; the project and the type among them. */
  fields: z.record(z.string(), z.unknown()),
  project: z.string(),
  typeId: z.string(),
  /** Told of the issue by a property of it, by which it is found again. */
  mark: z.string(),
  /** The ID of the sprint that it is put into, which was open. */
  sprint: z.number().optional(),
});

type PlannedIssue = PlanItem & { data: z.output<typeof newIssueData> };

/** What all issues of a list have that do not say otherwise. */
interface NewIssueDefaults extends Partial<Omit<NewIssue, 'summary' | 'description' | 'children'>> {
  /** True to make again what was made a short time ago. */
  repeat?: boolean | undefined;
}

/** Many new issues at a time. */
export interface NewIssues {
  /** What would be made, and what cannot be. @throws Failure where all of them fail alike */
  plan(
    issues: readonly NewIssue[],
    defaults: NewIssueDefaults,
  ): Promise<{ summary: string; items: (PlannedIssue | LeftItem)[] }>;
  /** Which of them are there already. @throws Failure */
  look(items: readonly PlannedIssue[]): Promise<ItemState[]>;
  /** @throws Failure that befell all of them */
  create(items: readonly PlannedIssue[], before: ReadonlyMap<string, ItemOutcome>): Promise<ItemResult[]>;
}

interface NewIssueParts extends WritesOfMany {
  /** Who calls: what somebody else made is not what this caller made. */
  callerId: string;
  /** The key of a project. @throws Failure */
  keyOf(projectIdOrKey: string): Promise<string>;
}

/** The key of the property by which an issue that was made is found again. */
const MARK = 'made-from-plan';
/** What was made so long ago is made again without a question. */
const EQUAL_MS = 60 * 60_000;
/** As many as Jira reads at a time. */
const WINDOW = 100;
/** Ends the reading of a project in which issues are made faster than they are read. */
const MAX_WINDOWS = 20;
const MAX_TEXT = 80;

/** An issue of the list with its place in it. */
interface Placed {
  issue: NewIssue;
  key: string;
  /** The one that it is made below. */
  above: Placed | undefined;
}

export function newIssues(parts: NewIssueParts): NewIssues {
  const { client, people, metadata, clock, sprintMeant, callerId, getIssue, keyOf, browseUrl } = parts;
  const times = fieldTimes(clock);
  const planning = askedOnce(parts.planning);

  /**
   * The issues of a project that were made behind this one, by their marks. It follows their keys, which are given one after the
   * other: a search finds new issues late.
   */
  const marksAfter = async (issueKey: string, wanted: ReadonlySet<string> | undefined): Promise<Map<string, Made>> => {
    const found = new Map<string, Made>();
    const { project, number } = parted(issueKey);
    for (let window = 0; window < MAX_WINDOWS; window += 1) {
      const first = number + 1 + window * WINDOW;
      const answer = await bulkFetchIssues(client, {
        issueIdsOrKeys: Array.from({ length: WINDOW }, (_, index) => `${project}-${first + index}`),
        fields: ['created'],
        properties: [MARK],
      });
      const { issues } = parseAnswer(markedSchema, answer);
      for (const issue of issues) addMark(found, issue);
      // Behind a hundred keys that nothing has there is nothing.
      if (issues.length === 0 || (wanted && [...wanted].every(mark => found.has(mark)))) break;
    }
    return found;
  };

  /** The newest issue of a project, and what was made there lately, by its mark. */
  const lately = async (project: string) => {
    const answer = await searchAndReconsileIssuesUsingJqlPost(client, {
      jql: jql`${inProject(project)} ORDER BY created DESC, key DESC`.text,
      fields: ['created'],
      properties: [MARK],
      maxResults: WINDOW,
    });
    const { issues } = parseAnswer(markedSchema, answer);
    const found = new Map<string, Made>();
    for (const issue of issues.toReversed()) addMark(found, issue);
    const keys = issues.map(({ key }) => parted(key));
    // A project may have got another key than the one that it is still found by.
    const newest = `${keys[0]?.project ?? project}-${Math.max(0, ...keys.map(({ number }) => number))}`;
    for (const [mark, made] of await marksAfter(newest, undefined)) found.set(mark, made);
    return { newest, found };
  };

  /** The parents that are there already, by the keys that they were asked for by. */
  const parentsOf = async (keys: readonly string[]): Promise<Map<string, Issue | Failure>> => {
    if (keys.length === 0) return new Map();
    const fields = ['issuetype', 'project', 'summary'];
    const answer: unknown = await bulkFetchIssues(client, { issueIdsOrKeys: [...keys], fields });
    const read = new Map(readIssues(answer).issues.map(issue => [issue.key, issue]));
    const found = await Promise.all(
      keys.map(
        // One that was moved has another key now.
        async (key): Promise<[string, Issue | Failure]> => [
          key,
          read.get(key) ?? (await getIssue(key, { fields }).catch(asFailure)),
        ],
      ),
    );
    return new Map(found);
  };

  const typeOf = (
    { issueType }: NewIssue,
    types: readonly IssueType[],
    project: string,
    above: { level: number | undefined; name: string } | undefined,
  ): IssueType => {
    const type =
      issueType === undefined ? obviousType(types, project, above?.level) : typeCalled(issueType, types, project);
    const level = levelOf(type);
    if (above?.level === undefined || level === above.level - 1) return type;
    const fitting = types.filter(each => levelOf(each) === (above.level ?? 0) - 1).map(({ name }) => name);
    const fit = fitting.length > 0 ? `There belongs ${listed(fitting)}.` : 'Nothing belongs there.';
    throw invalidInput([{ field: 'issueType', message: `A ${type.name} cannot be made below ${above.name}. ${fit}` }]);
  };

  /** The issue in the form that Jira takes, and what it is in a sentence. */
  const prepared = (issue: NewIssue, type: IssueType, project: string, isBelowNew: boolean) =>
    metadata.withCreateFields(project, type.id, async screen => {
      const { components, fixVersion, sprint, additionalFields = {}, ...others } = issue;
      const sprintField = screen.find(isSprint);
      if (sprint !== undefined && !sprintField) {
        throw invalidInput([{ field: 'sprint', message: `A new ${type.name} takes no sprint.` }]);
      }
      const { fields } = await toChange(
        {
          ...others,
          // What it is made below has no key yet: this one stands in for it.
          ...(isBelowNew && { parent: `${project}-1` }),
          ...(components !== undefined && { addComponents: components }),
          ...(fixVersion !== undefined && { addFixVersions: fixVersion }),
          additionalFields: {
            ...additionalFields,
            ...(sprint !== undefined && sprintField && { [sprintField.id]: await sprintMeant(sprint, project) }),
          },
        },
        { people, planning, times, project, screen, assignable: { project }, isNew: true },
      );
      if (isBelowNew) delete fields.parent;
      return { ...fields, project: { key: project }, issuetype: { id: type.id } };
    });

  const told = async ({ issue, above }: Placed, type: IssueType, project: string): Promise<string> => {
    const { summary, description, assignee, parent, additionalFields = {}, ...others } = issue;
    const { issueType: _, projectId: __, children: ___, ...plain } = others;
    const person = assignee === undefined || isNone(assignee) ? undefined : await people.find(assignee, { project });
    const below = above ? ` below ${quoted(above.issue.summary)}` : parent === undefined ? '' : ` below ${parent}`;
    const values = {
      ...(person && { assignee: person.displayName ?? assignee }),
      ...plain,
      ...additionalFields,
      ...(typeof description === 'string' && { description }),
    };
    const set = Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) => `${name} ${beginning(typeof value === 'string' ? value : JSON.stringify(value), MAX_TEXT)}`,
      );
    return sentence(`${type.name} ${quoted(summary)}${below}${set.length > 0 ? `: ${set.join('; ')}` : ''}`);
  };

  return {
    async plan(given, { repeat = false, ...defaults }) {
      const placed = inOrder(given.map(issue => withDefaults(issue, defaults, true)));
      const outside = [...new Set(placed.flatMap(({ issue, above }) => (above ? [] : (issue.parent ?? []))))];
      const parents = await parentsOf(outside);
      const project = await keyOf(projectOf(placed, parents));
      const [types, { newest, found }] = await Promise.all([metadata.issueTypes(project), lately(project)]);
      const made = new Map<string, { type: IssueType; mark: string }>();
      const nonce = repeat ? randomUUID() : '';
      const marks = new Set<string>();

      const planOne = async (each: Placed): Promise<PlannedIssue> => {
        const { issue, key, above } = each;
        const parent = issue.parent === undefined || above ? undefined : parents.get(issue.parent);
        if (parent instanceof Failure) throw parent;
        const [madeAbove, nameAbove] = [above && made.get(above.key), above?.issue.summary];
        if (above && !madeAbove) throw new Failure('conflict', 'What it is below cannot be made.');
        const aboveIt = madeAbove
          ? { level: levelOf(madeAbove.type), name: `the ${madeAbove.type.name} ${quoted(nameAbove ?? '')}` }
          : parent && { level: parent.hierarchyLevel, name: `${parent.key}, which is a ${parent.type ?? 'work item'}` };
        const type = typeOf(issue, types, project, aboveIt);
        // The sprint of all is not that of an epic, nor of a sub-task, which is in the sprint of its parent.
        const takesNone = levelOf(type) !== 0 && issue.sprint === defaults.sprint;
        const own = takesNone ? { ...issue, sprint: undefined } : issue;
        const fields = await prepared(own, type, project, above !== undefined);
        const data = { type: type.name, summary: issue.summary, fields, project, typeId: type.id };
        await client.rehearse?.({ method: 'POST', url: '/rest/api/3/issue', body: { fields } });
        const mark = markOf([callerId, data, madeAbove?.mark, nonce], marks);
        made.set(key, { type, mark });
        const equal = found.get(mark);
        if (equal && clock.now.getTime() - equal.at < EQUAL_MS) {
          throw new Failure(
            'conflict',
            `${equal.key} was made of it by an equal call ${minutesSince(equal.at, clock.now)} ago. Give repeat: true to make all of them once more.`,
          );
        }
        const screen = await metadata.createFields(project, type.id);
        const sprint = await openSprintIn(fields, { screen, project, planning });
        return {
          key,
          what: await told({ ...each, issue: own }, type, project),
          version: newest,
          data: { ...data, mark, ...(sprint !== undefined && { sprint }) },
          ...(above && { after: above.key }),
        };
      };

      const items: (PlannedIssue | LeftItem)[] = [];
      const failures: Failure[] = [];
      for (const level of levelsOf(placed)) {
        const results = await Promise.all(level.map(each => planOne(each).catch(asFailure)));
        for (const [index, result] of results.entries()) {
          const { key = '', issue } = level[index] ?? {};
          if (!(result instanceof Failure)) {
            items.push(result);
            continue;
          }
          failures.push(result);
          items.push({ key, cannot: `${quoted(issue?.summary ?? '')} cannot be made: ${result.message}` });
        }
      }
      const [first] = failures;
      if (first && failures.length === items.length && failures.every(({ message }) => message === first.message)) {
        throw first;
      }
      return { summary: summaryOf(items.length - failures.length, failures.length, project, [...people.notes]), items };
    },

    async look(items) {
      const [oldest] = items
        .map(({ version }) => version)
        .toSorted((one, other) => parted(one).number - parted(other).number);
      const wanted = new Set(items.map(({ data }) => data.mark));
      const [found, closed] = await Promise.all([
        oldest === undefined ? new Map<string, Made>() : marksAfter(oldest, wanted),
        planning.closedSprints(items.flatMap(({ data: { sprint } }) => sprint ?? [])),
      ]);
      return items.map(({ data }): ItemState => {
        const issue = found.get(data.mark);
        if (issue) return { is: 'done', ...outcomeOf(issue.key, data, browseUrl) };
        const isClosed = data.sprint !== undefined && closed.has(data.sprint);
        return isClosed ? { is: 'changed', message: closedMeanwhile } : { is: 'asPlanned' };
      });
    },

    async create(items, before) {
      const answer: unknown = await createIssues(client, {
        issueUpdates: items.map(({ data: { fields, mark }, after }) => ({
          fields: {
            ...fields,
            ...(after !== undefined && { parent: { key: before.get(after)?.key } }),
          },
          properties: [{ key: MARK, value: { item: mark } }],
        })),
      });
      const { issues, errors } = parseAnswer(createdManySchema, answer);
      const refused = new Map(
        errors.map(({ failedElementNumber, elementErrors }) => [failedElementNumber, elementErrors]),
      );
      // Which is which is only known where each is told.
      if (issues.length + refused.size !== items.length) throw lostWrite('Jira');
      const keys = issues.map(({ key }) => key);
      return Promise.all(
        items.map(async ({ data }, index): Promise<ItemResult> => {
          const key = refused.has(index)
            ? undefined
            : keys[index - [...refused.keys()].filter(at => at < index).length];
          if (key !== undefined) return outcomeOf(key, data, browseUrl);
          const { errorMessages = [], errors: byField } = refused.get(index) ?? {};
          const wrong: FieldError[] = [
            ...errorMessages.map(message => ({ field: '', message })),
            ...Object.entries(byField ?? {}).map(([field, message]) => ({ field, message })),
          ];
          const said =
            wrong.length > 0 ? wrong : [{ field: '', message: 'Jira did not make it, and did not say why.' }];
          const screen = await metadata.createFields(data.project, data.typeId).catch(() => []);
          return { failure: withInputNames(invalidInput(said), screen) };
        }),
      );
    },
  };
}

/** An issue that was made of an item. */
interface Made {
  key: string;
  /** Milliseconds since the epoch. */
  at: number;
}

const markValue = z.object({ item: z.string() });

function addMark(
  found: Map<string, Made>,
  { key, fields, properties }: z.output<typeof markedSchema>['issues'][number],
) {
  const { data } = markValue.safeParse(properties?.[MARK]);
  if (data) found.set(data.item, { key, at: dateOf(fields?.created)?.getTime() ?? 0 });
}

/** Equal items of one list are told apart by how many of them there are before. */
function markOf(content: unknown, taken: Set<string>): string {
  for (let count = 0; ; count += 1) {
    const mark = createHash('sha256')
      .update(JSON.stringify([content, count]))
      .digest('hex')
      .slice(0, 32);
    if (taken.has(mark)) continue;
    taken.add(mark);
    return mark;
  }
}

function outcomeOf(key: string, { type, summary }: PlannedIssue['data'], browseUrl: (issueKey: string) => string) {
  return { key, message: `${type} ${quoted(summary)}.`, url: browseUrl(key) };
}

function parted(issueKey: string): { project: string; number: number } {
  const at = issueKey.lastIndexOf('-');
  return { project: issueKey.slice(0, at), number: Number(issueKey.slice(at + 1)) };
}

const levelOf = ({ hierarchyLevel, subtask }: IssueType) => hierarchyLevel ?? (subtask ? -1 : 0);

/** What holds for all, where an issue does not say otherwise; labels are added. What is below another one has its own type. */
function withDefaults(issue: NewIssue, defaults: NewIssueDefaults, isTop: boolean): NewIssue {
  const { parent, issueType, labels, additionalFields = {}, ...shared } = defaults;
  const given = Object.fromEntries(Object.entries(issue).filter(([, value]) => value !== undefined));
  const own = new Set(Object.keys(issue.additionalFields ?? {}).map(folded));
  const others = Object.entries(additionalFields).filter(([name]) => !own.has(folded(name)));
  const all = [labels, issue.labels].flatMap(each => (each === undefined ? [] : listOf(each)));
  return {
    ...shared,
    ...(isTop && { parent, issueType }),
    ...given,
    summary: issue.summary,
    ...(all.length > 0 && { labels: [...new Set(all)].join(',') }),
    additionalFields: { ...Object.fromEntries(others), ...issue.additionalFields },
    children: issue.children.map(child => withDefaults(child, defaults, false)),
  };
}

/** Level by level, because what is above is made before what is below it. */
function inOrder(issues: readonly NewIssue[]): Placed[] {
  const all: Placed[] = [];
  let level: { issue: NewIssue; above: Placed | undefined }[] = issues.map(issue => ({ issue, above: undefined }));
  while (level.length > 0) {
    const placed = level.map(({ issue, above }, index) => ({ issue, above, key: String(all.length + index + 1) }));
    all.push(...placed);
    level = placed.flatMap(each => each.issue.children.map(issue => ({ issue, above: each })));
  }
  return all;
}

function levelsOf(placed: readonly Placed[]): Placed[][] {
  const depth = ({ above }: Placed): number => (above ? depth(above) + 1 : 0);
  return Object.values(Object.groupBy(placed, each => depth(each))).map(level => level ?? []);
}

/** The one project of all of them. @throws Failure `invalid_input` */
function projectOf(placed: readonly Placed[], parents: ReadonlyMap<string, Issue | Failure>): string {
  const named = [...new Set(placed.flatMap(({ issue }) => issue.projectId ?? []))];
  const [only, another] = named;
  if (another !== undefined) {
    const message = `All issues of one call are made in one project, not in ${listed(named)}. Make a call for each.`;
    throw invalidInput([{ field: 'projectId', message }]);
  }
  if (only !== undefined) return only;
  const ofParents = new Set(
    [...parents.values()].flatMap(each => (each instanceof Failure ? [] : (each.project?.key ?? []))),
  );
  const [project, other] = ofParents;
  if (project !== undefined && other === undefined) return project;
  const [failure] = [...parents.values()].filter(each => each instanceof Failure);
  throw failure ?? invalidInput([{ field: 'projectId', message: 'Give the project that they are made in.' }]);
}

function summaryOf(possible: number, failed: number, project: string, notes: readonly string[]): string {
  const issues = (count: number) => `${count} ${count === 1 ? 'issue' : 'issues'}`;
  return [
    `${issues(possible)} would be made in Jira project ${project}, by the account signed in to Jira, which is the reporter where none is named.`,
    ...(failed > 0 ? [`${issues(failed)} cannot be made.`] : []),
    ...notes,
  ].join(' ');
}

function minutesSince(at: number, now: Date): string {
  const minutes = Math.max(1, Math.round((now.getTime() - at) / 60_000));
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}
