import type { DataFiles } from './dataFiles.ts';
import { offsetOf, readDay, readTime } from './dataTime.ts';
import { readDesks } from './desks.ts';
import { customField, type Field, systemFields } from './fields.ts';
import type { Board, Instant, Named, Organization, Person, Project, SavedFilter, Sprint, Status } from './model.ts';
import { below, type Place, type References } from './references.ts';
import type { Site } from './site.ts';
import { statusCategories } from './statusCategories.ts';

/**
 * A site without issues and links. What refers to nothing is reported.
 * @throws Error with a line for each fault, where a site cannot be without what is missing
 */
export function emptySite(
  files: DataFiles,
  references: References,
  { now, start }: { now: () => Instant; start: Instant },
): Site {
  const { named, person } = references;
  const { account, timeZone, issueTypes, priorities, resolutions, linkTypes } = files.site;
  const origin = { start, offsetMinutes: offsetOf(timeZone, start) };
  const inSite = (path: string): Place => ({ file: 'site.json', path });

  const fields = [...systemFields, ...files.fields.map(customField)];
  for (const [at, { name, issueTypes: names }] of files.fields.entries()) {
    const place = below({ file: 'fields.json', path: '' }, at);
    for (const [nth, type] of names.entries()) {
      named(below(below(place, 'issueTypes'), nth), 'issue type', issueTypes, type);
    }
    const isTaken = systemFields.some(field => field.name.toLowerCase() === name.toLowerCase());
    if (isTaken) references.report(below(place, 'name'), `'${name}' is a field of Jira itself`);
  }

  const statuses = files.site.statuses.map(
    ({ id, name, category }): Status => ({ id, name, category: statusCategories[category] }),
  );
  const transitions = files.site.transitions.map(({ from, to, fields: onScreen, ...transition }, at) => {
    const required = fields.filter(({ requiredBy }) => requiredBy?.includes(transition.name)).map(({ id }) => id);
    const place = below(inSite('transitions'), at);
    const ids = from.map((name, nth) => named(below(below(place, 'from'), nth), 'status', statuses, name)?.id ?? '');
    return {
      ...transition,
      from: ids,
      to: named(below(place, 'to'), 'status', statuses, to)?.id ?? '',
      fields: [...onScreen, ...required],
      required,
    };
  });

  const accountsOf = (place: Place, emails: readonly string[]) =>
    emails.map((email, nth) => person(below(place, nth), email)?.accountId ?? '');
  // The shape of a day was checked when the file was read.
  const dayOf = (written: string) => readDay(written, origin) ?? written;
  const projects = files.projects.map(
    ({ lead, issueTypes: names, required, boards: _, roles, permissions, ...project }, at): Project => {
      const place = below({ file: 'projects.json', path: '' }, at);
      const typeIds = names.map(
        (name, nth) => named(below(below(place, 'issueTypes'), nth), 'issue type', issueTypes, name)?.id ?? '',
      );
      const requiredIds = Object.entries(required).map(([type, fieldNames]) => {
        const ofType = below(below(place, 'required'), type);
        named(ofType, 'issue type', issueTypes, type);
        const onScreen = fields.filter(field => field.issueTypes?.includes(type));
        return [
          type,
          fieldNames.map((name, nth) => named(below(ofType, nth), 'custom field', onScreen, name)?.id ?? ''),
        ];
      });
      const members = Object.entries(roles).map(([role, emails]): [string, string[]] => [
        role,
        accountsOf(below(below(place, 'roles'), role), emails),
      ]);
      const granted = Object.entries(permissions).map(([key, holders]): [string, string[]] => {
        const inGrant = below(below(place, 'permissions'), key);
        if (typeof holders !== 'string') return [key, accountsOf(inGrant, holders)];
        const found = members.find(([role]) => role === holders);
        if (!found) references.report(inGrant, `there is no role '${holders}' in the project`);
        return [key, found?.[1] ?? []];
      });
      return {
        ...project,
        roles: Object.fromEntries(members),
        permissions: Object.fromEntries(granted),
        leadId: person(below(place, 'lead'), lead)?.accountId ?? '',
        components: project.components.map(({ lead: componentLead, ...component }, nth) => {
          if (componentLead === undefined) return component;
          const inComponent = below(below(below(place, 'components'), nth), 'lead');
          return { ...component, leadId: person(inComponent, componentLead)?.accountId ?? '' };
        }),
        versions: project.versions.map(({ startDate, releaseDate, ...version }) => ({
          ...version,
          ...(startDate !== undefined && { startDate: dayOf(startDate) }),
          ...(releaseDate !== undefined && { releaseDate: dayOf(releaseDate) }),
        })),
        typeIds,
        required: Object.fromEntries(requiredIds),
      };
    },
  );

  const boards = files.projects.flatMap(({ id: projectId, boards }, at) => {
    const place = below(below({ file: 'projects.json', path: '' }, at), 'boards');
    return boards.map(({ sprints: names, estimation, columns, alsoShows, ...board }, nth): Board => {
      const inBoard = below(place, nth);
      const idsOf = (kind: string, list: readonly Named[], at: Place, wanted: readonly string[]) =>
        wanted.map((name, each) => named(below(at, each), kind, list, name)?.id ?? '');
      const given = columns ?? statuses.map(({ name }) => ({ name, statuses: [name] }));
      const keys = projects.map(({ id, key }) => ({ id, name: key }));
      return {
        ...board,
        projectId,
        projectIds: [projectId, ...idsOf('project', keys, below(inBoard, 'alsoShows'), alsoShows)],
        sprintIds: idsOf('sprint', files.site.sprints, below(inBoard, 'sprints'), names),
        estimation: estimationId(fields, estimation, below(inBoard, 'estimation'), references),
        columns: given.map(({ name, statuses: wanted }, each) => ({
          name,
          statusIds: idsOf('status', statuses, below(below(below(inBoard, 'columns'), each), 'statuses'), wanted),
        })),
      };
    });
  });

  const momentOf = (written: string | undefined) => (written === undefined ? undefined : readTime(written, origin));
  const sprints = files.site.sprints.map(
    ({ start, end, completed, goal, ...sprint }): Sprint => ({
      ...sprint,
      start: momentOf(start),
      end: momentOf(end),
      completed: momentOf(completed),
      goal,
      boardId: boards.find(({ sprintIds }) => sprintIds.includes(sprint.id))?.id,
    }),
  );
  const filters = files.filters.map(({ owner, shared, ...filter }, at): SavedFilter => {
    const place = below({ file: 'filters.json', path: '' }, at);
    return {
      ...filter,
      ownerId: person(below(place, 'owner'), owner)?.accountId ?? '',
      ...(shared && { sharedWith: accountsOf(below(place, 'shared'), shared) }),
    };
  });
  const desks = readDesks(files, references, { projects, fields, statuses, issueTypes });
  const organizations = files.serviceDesks.flatMap((desk, at) =>
    desk.organizations.map(({ id, name, members }, nth): Organization => {
      const place = below(below(below({ file: 'serviceDesks.json', path: '' }, at), 'organizations'), nth);
      return {
        id,
        name,
        memberIds: members.map((email, which) => person(below(below(place, 'members'), which), email)?.accountId ?? ''),
      };
    }),
  );

  const accountsByName = (name: 'groups' | 'globalPermissions') =>
    Object.fromEntries(
      Object.entries(files.site[name]).map(([key, emails]) => [key, accountsOf(below(inSite(name), key), emails)]),
    );
  const people = files.people.map(
    ({ timeZone: own, ...each }): Person => ({
      ...each,
      ...(own !== undefined && { timeZone: { name: own, offsetMinutes: offsetOf(own, start) } }),
    }),
  );
  const accountId = person(inSite('account'), account)?.accountId;
  const me = people.find(each => each.accountId === accountId);
  const defaultPriority = named(inSite('defaultPriority'), 'priority', priorities, files.site.defaultPriority);
  const defaultResolution = named(inSite('defaultResolution'), 'resolution', resolutions, files.site.defaultResolution);
  if (!me || !defaultPriority || !defaultResolution) throw references.failure();

  let lastId = 20_000;
  return {
    people,
    projects,
    fields,
    statuses,
    transitions,
    issueTypes,
    priorities,
    defaultPriority,
    resolutions,
    defaultResolution,
    linkTypes,
    sprints,
    boards,
    filters,
    desks,
    organizations,
    issues: [],
    links: [],
    groups: accountsByName('groups'),
    globalPermissions: accountsByName('globalPermissions'),
    account: me,
    me,
    timeZone: { name: timeZone, offsetMinutes: origin.offsetMinutes },
    now,
    nextId: () => String(++lastId),
  };
}

/** What a board estimates by, as its configuration has it: the ID of a field, or the way that needs none. */
function estimationId(
  fields: readonly Field[],
  estimation: string | undefined,
  place: Place,
  { named }: References,
): string {
  if (estimation === 'time') return 'timeoriginalestimate';
  if (estimation === 'issueCount' || estimation === 'none') return estimation;
  const numbers = fields.filter(({ kind }) => kind === 'number');
  if (estimation === undefined) return numbers.find(({ name }) => name === 'Story Points')?.id ?? 'none';
  return named(place, 'field of numbers', numbers, estimation)?.id ?? 'none';
}
