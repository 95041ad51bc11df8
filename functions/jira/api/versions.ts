import {
  createVersion,
  getProjectVersions,
  getProjectVersionsPaginated,
  getVersion,
  getVersionUnresolvedIssues,
} from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { nearNames } from '../../../shared/filter/nearNames.ts';
import { quoted } from '../../../shared/text.ts';
import { fieldTimes } from '../../../shared/time/inputs.ts';
import { dayAt } from '../../../shared/time/timeZone.ts';
import type { Clock } from '../../../shared/time/when.ts';
import { unlessMade } from '../../../shared/upstream/unlessMade.ts';
import { ambiguous, calledSo, type Labels, listed, meantBy, toldApart } from './choosing.ts';
import type { FieldChange } from './fieldChanges.ts';
import { isNone } from './inputs.ts';
import type { Metadata } from './metadata.ts';
import { offsetOf } from './offset.ts';
import { parseAnswer } from './parseAnswer.ts';
import { refusedFor } from './refusedFor.ts';
import { unresolvedSchema, type Version, versionPageSchema, versionSchema, versionsSchema } from './wire.ts';

/** The states in which versions are listed. */
export const versionStates = ['unreleased', 'released', 'archived'] as const;

export type VersionState = (typeof versionStates)[number];

/** A version that is to be. Days are texts as an asker writes them. */
interface NewVersion {
  name: string;
  startDate?: string | undefined;
  releaseDate?: string | undefined;
  description?: string | undefined;
}

/** What is to be changed of a version; `none` takes a day or the description away. */
interface VersionChanges extends Omit<NewVersion, 'name'> {
  name?: string | undefined;
  state?: 'released' | 'unreleased' | 'archived' | 'restored' | undefined;
  /** The name of the version that gets the unresolved issues of one that is released; `stay` leaves them. */
  openIssuesTo?: string | undefined;
}

interface WrittenVersion {
  version: Version;
  changes: FieldChange[];
  /** How many issues went to another version, where that is known. */
  moved?: number;
  notes: string[];
}

/** The versions, which people also call releases, of projects. */
export interface Versions {
  /**
   * Those of a state with how many issues they have, the next to be released first, and released ones latest first. Without
   * a state unreleased ones, and then released ones; where the list goes on after one of them is told beside it.
   */
  list(
    projectId: string,
    state: VersionState | undefined,
    page: { limit: number; cursor: string | undefined },
  ): Promise<{ version: Version; after: string | undefined }[]>;
  /** @throws Failure `conflict` where the project has a version of that name */
  create(projectId: string, version: NewVersion): Promise<WrittenVersion>;
  /** @throws Failure `not_found` that names the near ones, or `ambiguous` */
  update(projectId: string, name: string, changes: VersionChanges): Promise<WrittenVersion>;
  /** The address of a version in the browser. */
  url(projectId: string, version: Version): Promise<string>;
}

interface VersionParts {
  client: Client;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): Client;
  metadata: Metadata;
  clock: Clock;
  baseUrl: string;
}

/** The fields that are written, as Jira takes them; null takes a day away. */
interface WrittenFields {
  name?: string | undefined;
  description?: string | undefined;
  startDate?: string | null | undefined;
  releaseDate?: string | null | undefined;
  released?: boolean | undefined;
  archived?: boolean | undefined;
}

const fieldNames = {
  name: 'Name',
  description: 'Description',
  startDate: 'Start date',
  releaseDate: 'Release date',
  released: 'Released',
  archived: 'Archived',
} as const;

type FieldName = keyof typeof fieldNames;

/** The states that are listed one after the other. */
const unlessAsked: readonly VersionState[] = ['unreleased', 'released'];

const orders: Readonly<Record<VersionState, string>> = {
  unreleased: 'releaseDate',
  released: '-releaseDate',
  archived: '-releaseDate',
};

const labels: Labels<Version> = { name: ({ name }) => name, id: ({ id }) => id };

const permission = 'Administer projects';

export function openVersions({ client, readBackClient, metadata, clock, baseUrl }: VersionParts): Versions {
  const times = fieldTimes(clock);

  const dayOf = async (text: string | undefined) => {
    if (text === undefined) return undefined;
    return isNone(text) ? null : times.day(text);
  };

  const pageOf = async (
    projectId: string,
    status: VersionState,
    { startAt, limit }: { startAt: number; limit: number },
  ) => {
    const answer = await getProjectVersionsPaginated(client, {
      projectIdOrKey: projectId,
      status,
      orderBy: orders[status],
      startAt,
      maxResults: limit,
      expand: 'issuesstatus',
    });
    const { values, isLast } = parseAnswer(versionPageSchema, answer);
    return { versions: values, isLast: isLast ?? values.length < limit };
  };

  /**
   * The day on which a version is released, where none is wanted: today, unless it has one that is not to come. One that
   * starts later keeps what it has, because Jira takes no release before the start.
   */
  const releasedOn = async ({ startDate, releaseDate }: Pick<WrittenFields, 'startDate' | 'releaseDate'>) => {
    const today = dayAt(clock.now, await clock.timeZone());
    if (releaseDate && releaseDate < today) {
      return { notes: [`The release date stays ${releaseDate}, as it was planned: give releaseDate for another one.`] };
    }
    if (startDate && startDate > today) {
      const day = releaseDate ? `stays ${releaseDate}` : 'stays empty';
      return { notes: [`The release date ${day}, because the start date, ${startDate}, is to come.`] };
    }
    if (!releaseDate || releaseDate === today) return { day: today, notes: [] };
    const note = `The release date was planned for ${releaseDate}, which is to come, and is today now, ${today}: give releaseDate for another one.`;
    return { day: today, notes: [note] };
  };

  const countUnresolved = async (asking: Client, { id }: Version) =>
    parseAnswer(unresolvedSchema, await getVersionUnresolvedIssues(asking, { id })).issuesUnresolvedCount;

  /** How many of the issues that were unresolved are so no more; undefined where that cannot be read. */
  const countMoved = async (version: Version, before: number) => {
    const left = await countUnresolved(readBackClient(), version).catch(() => undefined);
    return left === undefined ? undefined : Math.max(0, before - left);
  };

  return {
    async list(projectId, state, { limit, cursor }) {
      const [first, at] = placeOf(cursor, state ?? 'unreleased');
      const states = state ? [first] : unlessAsked.slice(unlessAsked.indexOf(first));
      const found: { version: Version; after: string | undefined }[] = [];
      let startAt = at;
      for (const [index, each] of states.entries()) {
        const room = limit - found.length;
        const { versions, isLast } = await pageOf(projectId, each, { startAt, limit: Math.max(1, room) });
        const next = states[index + 1];
        const last = found.at(-1);
        if (versions.length === 0 && last) last.after = next && `${next} 0`;
        // Without room it was only to see whether there is more.
        if (room === 0) break;
        for (const [place, version] of versions.entries()) {
          const isEnd = isLast && place === versions.length - 1;
          found.push({ version, after: isEnd ? next && `${next} 0` : `${each} ${startAt + place + 1}` });
        }
        if (!isLast) break;
        startAt = 0;
      }
      return found;
    },

    async create(projectId, { name, description, startDate, releaseDate }) {
      const [all, id, start, release] = await Promise.all([
        metadata.versions(projectId),
        metadata.projectId(projectId),
        dayOf(startDate),
        dayOf(releaseDate),
      ]);
      checkDays(start, release);
      refuseName(name, all, { input: 'name', projectId });
      const days = { ...(start && { startDate: start }), ...(release && { releaseDate: release }) };
      const body = { name, projectId: Number(id), ...(description && { description }), ...days };
      const known = new Set(all.map(version => version.id));
      const { made, notes } = await unlessMade(
        'Jira',
        async () => parseAnswer(versionSchema, await createVersion(client, body)),
        async () => {
          const now = await getProjectVersions(readBackClient(), { projectIdOrKey: projectId });
          return parseAnswer(versionsSchema, now).find(version => version.name === name && !known.has(version.id));
        },
      ).catch(error => {
        // Somebody else was faster.
        const isThere = error instanceof Failure && /\balready exists\b/.test(error.message);
        throw isThere ? nameTaken(error) : refusedFor(error, { permission, where: projectId, inputs: {} });
      });
      return { version: made, changes: [], notes };
    },

    async update(projectId, name, { state, openIssuesTo, ...texts }) {
      const [all, startDate, releaseDate] = await Promise.all([
        metadata.versions(projectId),
        dayOf(texts.startDate),
        dayOf(texts.releaseDate),
      ]);
      const before = versionCalled(name, all, { input: 'version', projectId });
      const target = openIssuesTo === undefined ? undefined : targetCalled(openIssuesTo, before, all, projectId);
      if (texts.name !== undefined) {
        const others = all.filter(({ id }) => id !== before.id);
        refuseName(texts.name, others, { input: 'newName', projectId });
      }
      const isReleasing = state === 'released' && before.released !== true;
      const released =
        isReleasing && releaseDate === undefined
          ? await releasedOn({ ...before, ...(startDate !== undefined && { startDate }) })
          : { day: releaseDate, notes: [] };
      const wanted: WrittenFields = {
        name: texts.name,
        description: texts.description !== undefined && isNone(texts.description) ? '' : texts.description,
        startDate,
        releaseDate: released.day,
        released: state === 'released' ? true : state === 'unreleased' ? false : undefined,
        archived: state === 'archived' ? true : state === 'restored' ? false : undefined,
      };
      const days = { ...before, ...given(wanted) };
      checkDays(days.startDate, days.releaseDate);
      const asked = fieldsIn(wanted);
      const differing = asked.filter(field => textOf(wanted[field]) !== fieldText(before, field));
      const notMoved = openIssuesTo !== undefined && !isReleasing ? [noneMoved(before)] : [];
      if (differing.length === 0) {
        const so = asked.map(field => `${fieldNames[field]} (${fieldText(before, field) || 'empty'})`);
        return {
          version: before,
          changes: [],
          notes: [`Nothing was changed, it is so already: ${so.join(', ')}.`, ...notMoved],
        };
      }
      const open = isReleasing ? await countUnresolved(client, before) : 0;
      const body = {
        ...Object.fromEntries(differing.map(field => [field, wanted[field]])),
        ...(target && open > 0 && { moveUnfixedIssuesTo: target.self }),
      };
      const { made: version, notes } = await unlessMade(
        'Jira',
        async () =>
          parseAnswer(
            versionSchema,
            // To take a day away its type would have to allow null.
            await client.sendRequest<unknown>({ url: `/rest/api/3/version/${before.id}`, method: 'PUT', body }),
          ),
        async () => {
          const read = parseAnswer(versionSchema, await getVersion(readBackClient(), { id: before.id }));
          return differing.every(field => textOf(wanted[field]) === fieldText(read, field)) ? read : undefined;
        },
      ).catch(error => {
        const inputs = { name: 'newName', moveUnfixedIssuesTo: 'openIssuesTo' };
        throw refusedFor(error, { permission, where: projectId, inputs });
      });
      const moved = target && open > 0 ? await countMoved(before, open) : undefined;
      const same = asked
        .filter(field => !differing.includes(field) && (field !== 'releaseDate' || releaseDate !== undefined))
        .map(field => fieldNames[field]);
      return {
        version,
        changes: changesOf(before, version),
        ...(moved !== undefined && { moved }),
        notes: [
          ...notes,
          ...released.notes,
          ...(open > 0 ? openTold(open, moved, version, target) : []),
          ...(same.length > 0 ? [`Not changed: ${same.join(', ')}.`] : []),
          ...notMoved,
        ],
      };
    },

    async url(projectId, { id }) {
      return `${baseUrl}/projects/${await metadata.projectKey(projectId)}/versions/${id}`;
    },
  };
}

/** A cursor names a state and an offset, such as `released 25`. @throws Failure `invalid_input` */
function placeOf(cursor: string | undefined, byDefault: VersionState): [VersionState, number] {
  if (cursor === undefined) return [byDefault, 0];
  const [name, offset] = cursor.split(' ');
  return [versionStates.find(each => each === name) ?? byDefault, offsetOf(offset)];
}

/** The version of that name or ID. @throws Failure `not_found` that names the near ones, or `ambiguous` */
function versionCalled(
  name: string,
  all: readonly Version[],
  { input, projectId }: { input: string; projectId: string },
): Version {
  const [found, ...others] = meantBy(all, name, labels);
  if (found && others.length === 0) return found;
  if (found) {
    throw ambiguous(
      input,
      name,
      [found, ...others].map(version => toldApart(version, labels)),
    );
  }
  const near = nearNames(
    name,
    all.map(version => version.name),
  );
  const told = near.length > 0 ? ` The nearest are ${listed(near)}.` : '';
  const message = `${projectId} has no version ${quoted(name)}.${told} listVersions tells them all.`;
  throw new Failure('not_found', `${input}: ${message}`, { errors: [{ field: input, message }] });
}

const STAY = 'stay';

/** The version that gets the issues; undefined where they stay. */
function targetCalled(name: string, version: Version, all: readonly Version[], projectId: string): Version | undefined {
  // A version may be called so.
  const isStay = name.toLowerCase() === STAY && calledSo(all, name, labels.name).length === 0;
  if (isStay) return undefined;
  const found = versionCalled(name, all, { input: 'openIssuesTo', projectId });
  const message =
    found.id === version.id
      ? 'It is the version itself. Give another one, or stay to leave the issues where they are.'
      : found.archived
        ? `${quoted(found.name)} is archived, so it takes no issues. Give another version, or stay.`
        : undefined;
  if (message === undefined) return found;
  throw invalidInput([{ field: 'openIssuesTo', message }]);
}

/** @throws Failure `conflict` where a version of that name is among these */
function refuseName(
  name: string,
  versions: readonly Version[],
  { input, projectId }: { input: string; projectId: string },
): void {
  const [same] = calledSo(versions, name, labels.name);
  if (!same) return;
  const { releaseDate, description } = same;
  const day = releaseDate ? `, release date ${releaseDate}` : '';
  const message = `${projectId} has a version ${quoted(same.name)} already: ${stateOf(same)}${day}${description ? `, ${quoted(description)}` : ''}. Nothing was changed; to change that one use updateVersion.`;
  throw new Failure('conflict', `${input}: ${message}`, { errors: [{ field: input, message }] });
}

function nameTaken({ message, cause }: Failure): Failure {
  return new Failure('conflict', message, { cause, errors: [{ field: 'name', message }] });
}

export function stateOf({ released, archived }: Version): VersionState {
  return archived ? 'archived' : released ? 'released' : 'unreleased';
}

/** @throws Failure `invalid_input` where a version would end before it starts */
function checkDays(start: string | null | undefined, release: string | null | undefined): void {
  if (!start || !release || start <= release) return;
  const message = `It is before the start date, ${start}. Give a release date that is not, or another start date.`;
  throw invalidInput([{ field: 'releaseDate', message }]);
}

/** Without what is not given. */
const given = (fields: WrittenFields): WrittenFields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const isField = (name: string): name is FieldName => name in fieldNames;

/** The names of the fields that are given. */
function fieldsIn(fields: WrittenFields): FieldName[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .filter(isField);
}

function textOf(value: string | boolean | null | undefined): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value ?? '';
}

/** What a version has there; Jira may leave out what is not so. */
const fieldText = (version: Version, name: FieldName) =>
  textOf(name === 'released' || name === 'archived' ? version[name] === true : version[name]);

function changesOf(before: Version, after: Version): FieldChange[] {
  return Object.entries(fieldNames).flatMap(([name, field]) => {
    if (!isField(name)) return [];
    const [from, to] = [fieldText(before, name), fieldText(after, name)];
    return from === to ? [] : [{ field, ...(from && { from }), ...(to && { to }) }];
  });
}

const issues = (count: number) => `${count} unresolved ${count === 1 ? 'issue' : 'issues'}`;

/** What became of the unresolved issues of a version that was released. */
function openTold(open: number, moved: number | undefined, { name }: Version, target: Version | undefined): string[] {
  if (!target) {
    return [
      `${issues(open)} stayed in ${name}, which is released: to move them to another version use updateIssues with addFixVersions and removeFixVersions.`,
    ];
  }
  if (moved === undefined) {
    return [
      `${issues(open)} were to go to ${target.name}, but whether they did could not be read. Check with searchIssues.`,
    ];
  }
  if (moved === open) return [];
  return [
    `Of ${issues(open)} only ${moved} went to ${target.name}: ${open - moved} are still in ${name}. Check with searchIssues.`,
  ];
}

const noneMoved = ({ name }: Version) =>
  `No issue was moved: Jira moves them only while a version is released, and ${name} was not released by this call. To move them otherwise use updateIssues with addFixVersions and removeFixVersions.`;
