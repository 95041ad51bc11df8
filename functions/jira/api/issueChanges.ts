import { createHash } from 'node:crypto';
import { bulkFetchIssues, doTransition, editIssue } from 'jira.js/cloud';
import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { ItemResult, ItemState } from '../../../shared/plan/carryOut.ts';
import { planAnew } from '../../../shared/plan/planAnew.ts';
import type { LeftItem, PlanItem } from '../../../shared/plan/plans.ts';
import { beginning, quoted, sentence } from '../../../shared/text.ts';
import { fieldTimes } from '../../../shared/time/inputs.ts';
import { calledSo, folded, listed } from './choosing.ts';
import { toText } from './fieldText.ts';
import { isSprint, ValueProblem } from './fieldValue.ts';
import { isAmong, isHeld } from './heldValue.ts';
import { isNone } from './inputs.ts';
import { type Issue, readIssues, type Transition } from './issue.ts';
import { type IssueChange, type IssueInput, toChange, withInputNames } from './issueFields.ts';
import type { Metadata } from './metadata.ts';
import { askedOnce, closedMeanwhile, openSprintIn } from './planning.ts';
import { editOf, transitionOf } from './rehearsed.ts';
import { moveIssue, sprintFieldOf } from './sprintMove.ts';
import { transitionTo } from './transitions.ts';
import type { IssueField } from './wire.ts';
import { asFailure, type WritesOfMany } from './writesOfMany.ts';

/** What many issues are to become. */
interface ManyChanges extends IssueInput {
  /** A status, or the name of a transition. */
  status?: string | undefined;
  resolution?: string | undefined;
  /** The name or ID of a sprint; `none` or `backlog` takes them out of theirs. */
  sprint?: string | undefined;
}

const operation = z.union([
  z.strictObject({ add: z.unknown() }),
  z.strictObject({ remove: z.unknown() }),
  z.strictObject({ set: z.unknown() }),
]);

/** What is needed to change an issue, as it is kept until it is confirmed. */
export const issueChangeData = z.object({
  /** By field ID, as Jira takes them. */
  fields: z.record(z.string(), z.unknown()),
  update: z.record(z.string(), z.array(operation)),
  /** The ID of the field that is set by a move, because it is not on the screen: the sprint. */
  moved: z.string().optional(),
  /** The ID of the sprint that it is put into, which was open. */
  sprint: z.number().optional(),
  transition: z.object({ id: z.string(), status: z.string(), resolution: z.string().optional() }).optional(),
  /** What the issue had before, by field ID, the status among them: the SHA-256 of it. */
  before: z.record(z.string(), z.string()),
});

type PlannedChange = PlanItem & { data: z.output<typeof issueChangeData> };

/** Changes of many issues at a time. */
export interface IssueChanges {
  /** What would change in each, and what cannot be. @throws Failure where all of them fail alike */
  plan(
    issueKeys: readonly string[],
    changes: ManyChanges,
  ): Promise<{ summary: string; items: (PlannedChange | LeftItem)[] }>;
  /** How they are now, by one request. @throws Failure */
  look(items: readonly PlannedChange[]): Promise<ItemState[]>;
  /** Changes one. */
  change(item: PlannedChange): Promise<ItemResult>;
}

/** As many as are changed by one plan, which Jira also reads at a time. */
export const MAX_CHANGED = 100;
/** So many keys that Jira does not give are looked up one by one: such an issue may have been moved. */
const MAX_LOOKED_UP = 20;
const MAX_VALUE = 80;

/** Issues of one type in one project have the same fields. */
interface Kind {
  issues: Issue[];
  change: IssueChange | Failure;
  screen: readonly IssueField[];
}

export function issueChanges(parts: WritesOfMany): IssueChanges {
  const { client, people, metadata, clock, sprintMeant, getIssue, browseUrl } = parts;
  const times = fieldTimes(clock);
  const planning = askedOnce(parts.planning);

  /** Issues by their keys, with their values as Jira writes them; none that does not exist, or may not be seen. */
  const fetch = async (keys: readonly string[], fields: readonly string[], expand: readonly string[] = []) => {
    if (keys.length === 0) return new Map<string, Issue>();
    const answer: unknown = await bulkFetchIssues(client, {
      issueIdsOrKeys: [...keys],
      fields: [...fields],
      ...(expand.length > 0 && { expand: [...expand] }),
    });
    const written = new Map(
      writtenSchema.safeParse(answer).data?.issues.map(({ key, fields: values }) => [key, values]),
    );
    return new Map(
      readIssues(answer).issues.map(issue => [issue.key, { ...issue, values: written.get(issue.key) ?? issue.values }]),
    );
  };

  /** The issues, or why one cannot be had. */
  const issuesOf = async (keys: readonly string[], fields: string[], expand: string[]) => {
    const found = await fetch(keys, fields, expand);
    const missing = keys.filter(key => !found.has(key));
    // One that was moved has another key now.
    const keysNow = new Map(
      await Promise.all(
        missing.slice(0, MAX_LOOKED_UP).map(async (key): Promise<[string, string | Failure]> => {
          const issue = await getIssue(key, { fields: ['project'] }).catch(asFailure);
          return [key, issue instanceof Failure ? issue : issue.key];
        }),
      ),
    );
    const moved = await fetch(
      [...keysNow.values()].filter(key => typeof key === 'string'),
      fields,
      expand,
    );
    return keys.map((key): [string, Issue | Failure] => {
      const now = keysNow.get(key) ?? key;
      const none = new Failure('not_found', `Jira issue ${key} does not exist, or this service may not see it.`);
      return [key, now instanceof Failure ? now : (found.get(now) ?? moved.get(now) ?? none)];
    });
  };

  /** The fields that may be changed; all, where the site knows one by another name than it is given by. */
  const fieldsFor = async ({ sprint, additionalFields = {} }: ManyChanges): Promise<string[]> => {
    const names = Object.keys(additionalFields).map(folded);
    if (sprint === undefined && names.length === 0) return ownFields;
    const site = await metadata.fields();
    const meant = (name: string) => site.filter(({ id, label }) => folded(label) === name || folded(id) === name);
    if (names.some(name => meant(name).length === 0)) return anyField;
    const sprints = sprint === undefined ? [] : site.filter(({ custom }) => custom?.endsWith(':gh-sprint'));
    return [...new Set([...ownFields, ...[...sprints, ...names.flatMap(meant)].map(({ id }) => id)])];
  };

  /** What is set in issues of one kind. */
  const changeOf = async (one: Issue, input: ManyChanges, needsScreen: boolean): Promise<Omit<Kind, 'issues'>> => {
    const project = one.project?.key ?? '';
    const screen = needsScreen ? await metadata.editFields(one.key) : [];
    try {
      if (needsScreen && screen.length === 0) await client.rehearse?.(editOf(one.key));
      const { status: _, resolution: __, sprint, additionalFields = {}, ...others } = input;
      const sprintOffScreen = sprintFieldOf(metadata, async () => one.hierarchyLevel);
      const change = await toChange(
        {
          ...others,
          additionalFields: {
            ...additionalFields,
            ...(sprint !== undefined && {
              [requireSprintField(one, screen)?.id ?? 'Sprint']: await sprintMeant(sprint, project),
            }),
          },
        },
        {
          people,
          planning,
          times,
          project,
          screen,
          assignable: { project },
          sprintOffScreen,
          current: async () => {
            throw new ValueProblem('A text is added to by updateIssue, one issue at a time.');
          },
        },
      );
      return { change, screen };
    } catch (error) {
      return { change: asFailure(error), screen };
    }
  };

  const names = new Map<string, Promise<string>>();
  const nameOf = (accountId: string): Promise<string> => {
    const name =
      names.get(accountId) ??
      people
        .lookUp(accountId)
        .then(found => found.find(each => each.accountId === accountId)?.displayName ?? accountId);
    names.set(accountId, name);
    return name;
  };

  /** What people see of a value that is sent. */
  const wordsOf = async (value: unknown, field: IssueField | undefined, project: string): Promise<string> => {
    if (Array.isArray(value)) return (await Promise.all(value.map(each => wordsOf(each, field, project)))).join(', ');
    if (typeof value === 'number' && field && isSprint(field)) {
      const sprints = await planning.sprints(project).catch(() => []);
      const sprint = sprints.find(({ id }) => id === value) ?? (await planning.sprint(project, value));
      return sprint?.name ?? String(value);
    }
    const { data } = sent.safeParse(value);
    if (data?.accountId !== undefined) return nameOf(data.accountId);
    const known = field?.allowedValues?.find(({ id }) => id !== undefined && id === data?.id);
    if (known) return known.name ?? known.value ?? known.key ?? '';
    return data?.key ?? (toText(value) || (typeof value === 'object' ? '' : String(value)));
  };

  /** A change of a field of an issue in words, such as `Priority Medium → High`. */
  const told = async (
    issue: Issue,
    id: string,
    { change, screen }: { change: IssueChange; screen: readonly IssueField[] },
  ) => {
    const field = id === change.moved?.id ? change.moved : screen.find(each => each.id === id);
    const name = change.changed.find(each => each.id === id)?.name ?? id;
    const held = issue.values[id];
    const project = issue.project?.key ?? '';
    const operations = change.update[id];
    if (id === 'timetracking') return estimatesTold(change.fields[id], held);
    const from = wordsOfHeld(held);
    if (!operations) return arrow(name, from, await wordsOf(change.fields[id], field, project));
    const removed = operations.flatMap(each => ('remove' in each ? [each.remove] : []));
    const added = operations.flatMap(each => ('add' in each ? [each.add] : []));
    const list = Array.isArray(held) ? held : [];
    const kept = list.filter(each => !removed.some(other => isHeld(other, each)));
    const fresh = added.filter(each => !isAmong(each, list));
    const to = [wordsOfHeld(kept), await wordsOf(fresh, field, project)].filter(Boolean).join(', ');
    return arrow(name, from, to);
  };

  /** One whose screen is told; where none is, the first, of which that is said. */
  const editable = async (issues: readonly Issue[]): Promise<Issue | undefined> => {
    const edits = issues.map(({ key }) => client.rehearse?.(editOf(key)));
    const isOpen = await Promise.all(edits.map(edit => edit?.then(() => true, ifRefused) ?? true));
    return issues.find((_, at) => isOpen[at]) ?? issues[0];
  };

  /** @throws Failure where the caller may not make the change */
  const rehearse = async (
    issueKey: string,
    { change, open, transition }: { change: IssueChange; open: readonly string[]; transition: Transition | undefined },
  ): Promise<void> => {
    const of = (values: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(Object.entries(values).filter(([id]) => open.includes(id)));
    const edit = editOf(issueKey, { fields: of(change.fields), update: of(change.update) });
    await Promise.all([
      open.length > 0 && client.rehearse?.(edit),
      transition && client.rehearse?.(transitionOf(issueKey, transition.id)),
    ]);
  };

  const planOne = async (
    issue: Issue,
    { change, screen }: Omit<Kind, 'issues'>,
    input: ManyChanges,
    parent: Issue | undefined,
  ): Promise<PlannedChange> => {
    if (change instanceof Failure) throw change;
    requireBelow(issue, parent);
    const open = changedIds(change).filter(id => !isSo(id, change, issue));
    const { status, resolution } = input;
    const transition = status === undefined ? undefined : transitionUnlessThere(status, issue);
    if (open.length === 0 && !transition) throw new Failure('conflict', 'It is so already.');
    await rehearse(issue.key, { change, open, transition });
    const words = await Promise.all(open.map(id => told(issue, id, { change, screen })));
    const all = [...words, ...(transition ? [movedWords(issue, transition.to.name, resolution)] : [])];
    const pick = <Value>(values: Readonly<Record<string, Value>>) =>
      Object.fromEntries(Object.entries(values).filter(([id]) => open.includes(id)));
    const before = Object.fromEntries(
      [...open, ...(transition ? ['status'] : [])].map(id => [id, digestOf(id, issue)]),
    );
    const project = issue.project?.key ?? '';
    const held = change.moved ? [...screen, change.moved] : screen;
    const sprint = await openSprintIn(pick(change.fields), { screen: held, project, planning });
    return {
      key: issue.key,
      what: sentence(`${quoted(issue.summary ?? '')}: ${all.join('; ')}`),
      version: JSON.stringify(before),
      data: {
        fields: pick(change.fields),
        update: pick(change.update),
        before,
        ...(sprint !== undefined && { sprint }),
        ...(change.moved && open.includes(change.moved.id) && { moved: change.moved.id }),
        ...(transition && {
          transition: {
            id: transition.id,
            status: transition.to.name,
            ...(resolution !== undefined && { resolution }),
          },
        }),
      },
    };
  };

  return {
    async plan(issueKeys, input) {
      const { status, sprint, additionalFields } = input;
      const needsScreen = [sprint, additionalFields, ...screened.map(name => input[name])].some(
        each => each !== undefined,
      );
      if (input.resolution !== undefined) await requireResolution(input.resolution, metadata);
      const expand = status === undefined ? [] : ['transitions'];
      const fields = await fieldsFor(input);
      const isParentNamed = input.parent !== undefined && !isNone(input.parent);
      const [parent, all] = await Promise.all([
        isParentNamed ? getIssue(input.parent ?? '', { fields: ['issuetype'] }) : undefined,
        issuesOf(issueKeys, fields, expand),
      ]);
      const kinds = new Map<string, Issue[]>();
      for (const [, issue] of all) {
        if (issue instanceof Failure) continue;
        const kind = JSON.stringify([issue.project?.key, issue.type]);
        kinds.set(kind, [...(kinds.get(kind) ?? []), issue]);
      }
      const changed = new Map<Issue, Omit<Kind, 'issues'>>();
      await Promise.all(
        [...kinds.values()].map(async issues => {
          const one = await editable(issues);
          if (!one) return;
          const kind = await changeOf(one, input, needsScreen);
          for (const issue of issues) changed.set(issue, kind);
        }),
      );
      // A field that was not asked for, because people call it otherwise.
      const ids = [...changed.values()].flatMap(({ change }) => (change instanceof Failure ? [] : changedIds(change)));
      const unread = fields === anyField ? [] : ids.filter(id => !fields.includes(id));
      const more =
        unread.length > 0
          ? await fetch(
              [...changed.keys()].map(({ key }) => key),
              unread,
            )
          : undefined;
      const failures: Failure[] = [];
      const items = await Promise.all(
        all.map(async ([key, read]): Promise<PlannedChange | LeftItem> => {
          const kind = read instanceof Failure ? undefined : changed.get(read);
          const issue =
            read instanceof Failure ? read : { ...read, values: { ...read.values, ...more?.get(read.key)?.values } };
          const planned =
            issue instanceof Failure || !kind ? issue : await planOne(issue, kind, input, parent).catch(asFailure);
          if (!(planned instanceof Failure)) return planned as PlannedChange;
          failures.push(planned);
          const title = issue instanceof Failure || !issue.summary ? '' : `${quoted(issue.summary)}: `;
          return { key, cannot: `${title}${planned.message}` };
        }),
      );
      const [first] = failures;
      const isOfAll = failures.length === items.length && failures.every(({ message }) => message === first?.message);
      if (first && isOfAll && first.code !== 'conflict') throw first;
      const alreadySo = failures.filter(({ code }) => code === 'conflict').length;
      return { summary: summaryOf(items.length, alreadySo, failures.length - alreadySo), items };
    },

    async look(items) {
      const fields = new Set(items.flatMap(({ data }) => Object.keys(data.before)));
      const [found, closed] = await Promise.all([
        fetch(
          items.map(({ key }) => key),
          [...fields, 'summary'],
        ),
        planning.closedSprints(items.flatMap(({ data: { sprint } }) => sprint ?? [])),
      ]);
      return items.map(({ key, data, what }): ItemState => {
        const issue = found.get(key);
        if (!issue) return { is: 'changed', message: `It could not be read now, so it was left alone. ${planAnew}` };
        const url = browseUrl(key);
        const isDone = (id: string) =>
          id === 'status' && data.transition
            ? folded(issue.status ?? '') === folded(data.transition.status)
            : isSo(id, data, issue);
        const ids = Object.keys(data.before);
        if (ids.every(isDone)) return { is: 'done', message: what, url };
        if (data.sprint !== undefined && closed.has(data.sprint))
          return { is: 'changed', message: closedMeanwhile, url };
        // What an earlier call has done of it is as it should be.
        const isAsPlanned = ids.every(id => isDone(id) || digestOf(id, issue) === data.before[id]);
        return { is: isAsPlanned ? 'asPlanned' : 'changed', url };
      });
    },

    async change({ key, data, what }) {
      const { update, transition, moved } = data;
      const fields = Object.fromEntries(Object.entries(data.fields).filter(([id]) => id !== moved));
      const isEdited = Object.keys(fields).length + Object.keys(update).length > 0;
      try {
        if (isEdited) {
          await editIssue(client, {
            issueIdOrKey: key,
            ...(Object.keys(fields).length > 0 && { fields }),
            ...(Object.keys(update).length > 0 && { update }),
          });
        }
      } catch (error) {
        return { failure: withInputNames(error, []) };
      }
      try {
        if (moved !== undefined) await moveIssue(client, key, data.fields[moved]);
      } catch (error) {
        return isEdited
          ? partlyDone(error, 'Its other fields were changed, but it was not put into the sprint')
          : { failure: error };
      }
      try {
        if (transition) {
          await doTransition(client, {
            issueIdOrKey: key,
            transition: { id: transition.id },
            ...(transition.resolution !== undefined && { fields: { resolution: { name: transition.resolution } } }),
          });
        }
      } catch (error) {
        if (!isEdited && moved === undefined) return { failure: error };
        return partlyDone(error, 'Its fields were changed, but it was not moved');
      }
      return { message: what, url: browseUrl(key) };
    },
  };
}

function ifRefused(error: unknown): false {
  if (error instanceof Failure && error.code === 'forbidden') return false;
  throw error;
}

/** The inputs whose values are those of a screen. */
const screened = [
  'priority',
  'addComponents',
  'removeComponents',
  'addFixVersions',
  'removeFixVersions',
] as const satisfies (keyof ManyChanges)[];

const ownFields = [
  'summary',
  'status',
  'issuetype',
  'project',
  'assignee',
  'priority',
  'labels',
  'components',
  'fixVersions',
  'duedate',
  'parent',
];

const anyField = ['*all', '-comment', '-worklog', '-attachment', '-issuelinks', '-subtasks', '-description'];

const writtenSchema = z.object({
  issues: z.array(z.object({ key: z.string(), fields: z.record(z.string(), z.unknown()) })),
});

const sent = z.looseObject({ accountId: z.string().optional(), id: z.string().optional(), key: z.string().optional() });

/** The field that holds the sprints of an issue, where the screen has it. @throws Failure `invalid_input` where the issue takes none */
function requireSprintField(issue: Issue, screen: readonly IssueField[]): IssueField | undefined {
  if ((issue.hierarchyLevel ?? 0) < 0) {
    throw invalidInput([{ field: 'sprint', message: 'A sub-task is in the sprint of its parent: give the parent.' }]);
  }
  const field = screen.find(isSprint);
  if (field || screen.length > 0) return field;
  throw invalidInput([{ field: 'sprint', message: `A ${issue.type ?? 'work item'} takes no sprint here.` }]);
}

/** @throws Failure `invalid_input` where an issue is not of a type that stands below its new parent */
function requireBelow(issue: Issue, parent: Issue | undefined): void {
  if (parent?.hierarchyLevel === undefined || issue.hierarchyLevel === undefined) return;
  if (issue.hierarchyLevel === parent.hierarchyLevel - 1) return;
  const message = `${issue.type ?? 'It'} cannot be below ${parent.key}, which is ${parent.type ?? 'of another level'}.`;
  throw invalidInput([{ field: 'parent', message }]);
}

function changedIds({ fields, update }: IssueChange): string[] {
  return [...Object.keys(fields), ...Object.keys(update)];
}

/** Whether a field of an issue is as a change wants it. */
function isSo(
  id: string,
  { fields, update }: Pick<IssueChange, 'fields'> & { update: Readonly<Record<string, readonly unknown[]>> },
  { values }: Issue,
): boolean {
  const held = values[id];
  const operations = z.array(operation).parse(update[id] ?? []);
  if (operations.length === 0) return isHeld(fields[id], held);
  const list = Array.isArray(held) ? held : [];
  return operations.every(each => {
    if ('add' in each) return isAmong(each.add, list);
    if ('remove' in each) return !isAmong(each.remove, list);
    // Jira has an operation of its own for no parent.
    return held === null || held === undefined;
  });
}

function digestOf(id: string, { values, status }: Issue): string {
  const value = id === 'status' ? status : values[id];
  return createHash('sha256')
    .update(JSON.stringify(id === 'status' ? (value ?? null) : essence(value)))
    .digest('base64url')
    .slice(0, 22);
}

/** What tells one value from another; the rest may change by itself, as the number of a sprint's issues does. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence);
  const { data } = sent.safeParse(value);
  return data?.accountId ?? data?.id ?? data?.key ?? value ?? null;
}

/** @returns undefined where the issue has that status. @throws Failure where no transition or several lead there */
function transitionUnlessThere(status: string, issue: Issue) {
  try {
    return transitionTo(status, issue);
  } catch (error) {
    if (error instanceof Failure && error.code === 'conflict') return undefined;
    throw error;
  }
}

function movedWords(issue: Issue, status: string, resolution: string | undefined): string {
  const words = arrow('Status', issue.status ?? '', status);
  return resolution === undefined ? words : `${words} (resolution ${resolution})`;
}

/** More than Jira suggests at once may be more than it tells. */
const MAX_SUGGESTED = 15;

/**
 * Each issue would be changed, and then not be moved. Whether a transition takes it, only Jira knows.
 * @throws Failure `invalid_input` where Jira has no resolution of that name, as far as it tells
 */
async function requireResolution(name: string, { suggestions }: Metadata): Promise<void> {
  const all = await suggestions('resolution', '').catch(() => []);
  const names = all.map(each => each.name);
  if (names.length === 0 || names.length >= MAX_SUGGESTED || calledSo(names, name, each => each).length > 0) return;
  const message = `Jira has no resolution ${quoted(name)}. It has ${listed(names)}.`;
  throw invalidInput([{ field: 'resolution', message }]);
}

function wordsOfHeld(held: unknown): string {
  const { data } = z.looseObject({ key: z.string(), fields: z.unknown() }).safeParse(held);
  return data?.fields === undefined ? toText(held) || (typeof held === 'string' ? held : '') : data.key;
}

function arrow(name: string, from: string, to: string): string {
  const shown = (text: string) => (text === '' ? 'none' : beginning(text, MAX_VALUE));
  return `${name} ${shown(from)} → ${shown(to)}`;
}

const estimateNames = { originalEstimate: 'Original estimate', remainingEstimate: 'Remaining estimate' } as const;
const estimates = z.object({ originalEstimate: z.string().optional(), remainingEstimate: z.string().optional() });

/** The estimates that change, each before and then. */
function estimatesTold(wanted: unknown, held: unknown): string {
  const [to, from] = [wanted, held].map(each => estimates.safeParse(each).data ?? {});
  const parts = (['originalEstimate', 'remainingEstimate'] as const).filter(part => to?.[part] !== undefined);
  return parts.map(part => arrow(estimateNames[part], from?.[part] ?? '', to?.[part] ?? '')).join('; ');
}

function partlyDone(error: unknown, told: string): ItemResult {
  if (!(error instanceof Failure)) return { failure: error };
  const { code, message, retryAfterSeconds } = error;
  const failure = new Failure(code, `${told}: ${message}`, {
    cause: error,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
  return { failure, partly: true };
}

function summaryOf(count: number, alreadySo: number, failed: number): string {
  const issues = (number: number) => `${number} ${number === 1 ? 'issue' : 'issues'}`;
  const changed = count - alreadySo - failed;
  return [
    `${changed} of ${issues(count)} would be changed, in the name of the account signed in to Jira.`,
    ...(alreadySo > 0 ? [`${alreadySo} ${alreadySo === 1 ? 'is' : 'are'} so already.`] : []),
    ...(failed > 0 ? [`${failed} cannot be changed.`] : []),
  ].join(' ');
}
