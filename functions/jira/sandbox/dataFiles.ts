import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { documentShape } from './adf.ts';
import { readDay, readTime } from './dataTime.ts';
import { type DeskFile, deskFile, requestDetails } from './deskFile.ts';
import { globalPermissions, projectPermissions } from './permissions.ts';

const id = z.string().regex(/^\d+$/, 'must be digits in quotation marks');
const name = z.string().min(1);
const email = z.email();
const issueKey = z.string().regex(/^[A-Z][A-Z0-9_]*-[1-9]\d*$/, 'must be an issue key such as ABC-12');

// Whether a time or day can be read does not depend on the clock, nor on the time zone.
const time = z.string().refine(value => readTime(value, { start: 0, offsetMinutes: 0 }) !== undefined, {
  error: 'must be a time such as "-3d 4h 30m", "-3d 09:30" or "2026-11-22T09:30:00Z"',
});
const day = z.string().refine(value => readDay(value, { start: 0, offsetMinutes: 0 }) !== undefined, {
  error: 'must be a day such as "-3d", "0d", "+21d" or "2026-11-22"',
});
const isTimeZone = (value: string) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined;
  } catch {
    return false;
  }
};

const timeZone = z.string().refine(isTimeZone, 'must be the name of a time zone such as Europe/Berlin');

const permissionIn = (keys: ReadonlySet<string>) =>
  z.string().refine(key => keys.has(key), 'must be the key of a permission, such as those in permissions.ts');

/** A text is one paragraph, or a whole document in the Atlassian Document Format. */
const text = z.union([z.string(), documentShape], {
  error:
    'must be a text, or a document in the Atlassian Document Format: { "type": "doc", "version": 1, "content": […] }',
});

const unique = <Item extends z.ZodType, Key extends keyof z.output<Item> & string>(item: Item, ...keys: Key[]) =>
  z.array(item).superRefine((list, context) => {
    for (const key of keys) {
      const seen = new Set<unknown>();
      for (const [at, entry] of list.entries()) {
        const value = entry[key];
        const folded = typeof value === 'string' ? value.toLowerCase() : value;
        if (seen.has(folded)) {
          context.addIssue({ code: 'custom', path: [at, key], message: `${JSON.stringify(value)} is there twice` });
        }
        seen.add(folded);
      }
    }
  });

const peopleFile = unique(
  z.strictObject({
    email,
    displayName: name,
    accountId: name,
    accountType: z.enum(['atlassian', 'app', 'customer']).default('atlassian'),
    emailHidden: z.boolean().default(false),
    active: z.boolean().default(true),
    /** Where it is another than the site's. */
    timeZone: timeZone.exactOptional(),
  }),
  'email',
  'accountId',
);

const projectsFile = unique(
  z.strictObject({
    id,
    key: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be capital letters and digits'),
    name,
    description: z.string().default(''),
    type: z.enum(['software', 'service_desk']).default('software'),
    lead: email,
    issueTypes: z.array(name).min(1),
    components: unique(z.strictObject({ id, name, lead: email.exactOptional() }), 'id', 'name').default([]),
    versions: unique(
      z.strictObject({
        id,
        name,
        description: z.string().exactOptional(),
        released: z.boolean().default(false),
        archived: z.boolean().default(false),
        startDate: day.exactOptional(),
        releaseDate: day.exactOptional(),
      }),
      'id',
      'name',
    ).default([]),
    required: z.record(name, z.array(name)).default({}),
    /** The people in a role, by its name. */
    roles: z.record(name, z.array(email)).default({}),
    /** The people who have a permission, or their role, by its key; everybody has those that are not named. */
    permissions: z.record(permissionIn(projectPermissions), z.union([z.array(email), name])).default({}),
    boards: unique(
      z.strictObject({
        id,
        name,
        type: z.enum(['scrum', 'kanban', 'simple']),
        sprints: z.array(name).default([]),
        /** What it estimates by: a custom field of numbers, `time`, `issueCount` or `none`; Story Points, where there is such a field, unless given. */
        estimation: name.exactOptional(),
        /** The statuses of each column, by its name; a column for each status unless given. */
        columns: z.array(z.strictObject({ name, statuses: z.array(name) })).exactOptional(),
        /** The keys of other projects whose issues it shows. */
        alsoShows: z.array(z.string()).default([]),
      }),
      'id',
    ).default([]),
  }),
  'id',
  'key',
);

const customFieldTypes = [
  'number',
  'sprint',
  'select',
  'multiselect',
  'cascading',
  'team',
  'date',
  'user',
  'paragraph',
  'requestType',
  'organizations',
  'people',
  'approvals',
  'sla',
] as const;

const hasOptions = new Set<string>(['select', 'multiselect', 'cascading', 'team']);

const fieldsFile = unique(
  z
    .strictObject({
      id: z.int().positive(),
      name,
      type: z.enum(customFieldTypes),
      issueTypes: z.array(name),
      requiredBy: z.array(name).default([]),
      options: unique(
        z.strictObject({
          // Only those of teams are UUIDs.
          id: z.union([id, z.uuid()]),
          name,
          children: unique(z.strictObject({ id, name }), 'id', 'name').exactOptional(),
        }),
        'id',
        'name',
      ).exactOptional(),
    })
    .refine(({ type, options }) => hasOptions.has(type) === (options !== undefined), {
      path: ['options'],
      error: `belong to fields of type ${[...hasOptions].join(', ')}, and to each of them`,
    }),
  'id',
  'name',
);

const siteFile = z.strictObject({
  account: email,
  timeZone,
  /** The people in a group, by its name. */
  groups: z.record(name, z.array(email)).default({}),
  /** The people who have a global permission, by its key. */
  globalPermissions: z.record(permissionIn(globalPermissions), z.array(email)).default({}),
  statuses: unique(z.strictObject({ id, name, category: z.enum(['new', 'indeterminate', 'done']) }), 'id', 'name').min(
    1,
  ),
  transitions: unique(
    z.strictObject({
      id,
      name,
      from: z.array(name),
      to: name,
      fields: z.array(z.enum(['assignee', 'resolution'])).default([]),
    }),
    'id',
  ),
  issueTypes: unique(
    z.strictObject({ id, name, description: z.string().default(''), level: z.literal([1, 0, -1]) }),
    'id',
    'name',
  ).min(1),
  priorities: unique(z.strictObject({ id, name }), 'id', 'name').min(1),
  defaultPriority: name,
  resolutions: unique(z.strictObject({ id, name }), 'id', 'name').min(1),
  defaultResolution: name,
  linkTypes: unique(z.strictObject({ id, name, inward: name, outward: name }), 'id', 'name'),
  sprints: unique(
    z
      .strictObject({
        id,
        name,
        state: z.enum(['closed', 'active', 'future']),
        start: time.exactOptional(),
        end: time.exactOptional(),
        completed: time.exactOptional(),
        goal: z.string().exactOptional(),
      })
      .refine(({ state, start, end }) => state === 'future' || (start !== undefined && end !== undefined), {
        path: ['start'],
        error: 'and `end` belong to every sprint that was started',
      })
      .refine(({ state, completed }) => (state === 'closed') === (completed !== undefined), {
        path: ['completed'],
        error: 'belongs to sprints that are closed, and to each of them',
      }),
    'id',
    'name',
  ),
});

const filtersFile = unique(
  z.strictObject({
    id,
    name,
    description: z.string().default(''),
    owner: email,
    jql: name,
    shared: z.array(email).exactOptional(),
  }),
  'id',
);

/** What people may set; `null` empties a field. */
const values = z.strictObject({
  summary: z
    .string()
    .regex(/^(?!\s*$)[^\r\n]*$/, 'must be one line of text')
    .max(255)
    .exactOptional(),
  description: text.nullable().exactOptional(),
  assignee: email.nullable().exactOptional(),
  priority: name.exactOptional(),
  labels: z.array(z.string().regex(/^\S+$/, 'must not have spaces')).exactOptional(),
  due: day.nullable().exactOptional(),
  parent: issueKey.nullable().exactOptional(),
  components: z.array(name).exactOptional(),
  fixVersions: z.array(name).exactOptional(),
  fields: z
    .record(name, z.union([z.string(), z.number(), z.array(z.string()), documentShape, z.null()]))
    .exactOptional(),
});

/** What a change may set: beside the rest, the status that it moves the issue to. */
const changed = values.extend({ status: name.exactOptional(), resolution: name.exactOptional() });

const doing = { at: time, by: email };

/** Those of a role of the project, or of a group of the site, who alone may see it. */
const visibility = z.strictObject({ type: z.enum(['role', 'group']), value: name });

const issueFile = values.extend({
  key: issueKey,
  type: name,
  summary: values.shape.summary.unwrap(),
  reporter: email,
  created: time,
  status: name.exactOptional(),
  statusChanged: time.exactOptional(),
  resolution: name.exactOptional(),
  changes: z.array(z.strictObject({ ...doing, set: changed })).default([]),
  comments: z
    .array(
      z.strictObject({
        ...doing,
        body: text,
        public: z.boolean().default(true),
        visibility: visibility.exactOptional(),
      }),
    )
    .default([]),
  worklogs: z
    .array(
      z.strictObject({
        ...doing,
        minutes: z.int().positive(),
        started: time.exactOptional(),
        comment: text.exactOptional(),
        visibility: visibility.exactOptional(),
      }),
    )
    .default([]),
  links: z.array(z.strictObject({ ...doing, type: name, to: issueKey })).default([]),
  remoteLinks: z
    .array(z.strictObject({ globalId: z.string().max(255), url: z.url(), title: name, application: name }))
    .default([]),
  attachments: z
    .array(
      z.strictObject({
        ...doing,
        filename: name,
        mimeType: name,
        size: z.int().nonnegative().exactOptional(),
        file: z
          .string()
          .regex(/^[\w-]+\.\w+$/, 'must be the name of a file in files/')
          .exactOptional(),
        public: z.boolean().exactOptional(),
        visibility: visibility.exactOptional(),
      }),
    )
    .default([]),
  /** The people who alone may see it. */
  security: z.array(email).exactOptional(),
  /** The keys that it had in other projects, until it was moved. */
  movedFrom: z.array(z.strictObject({ ...doing, key: issueKey })).default([]),
  frozen: z.boolean().default(false),
  isRequest: z.boolean().default(true),
  request: requestDetails.exactOptional(),
});

/** The schema of each data file, which the default data and anybody's own are held to. */
const schemas = {
  'people.json': peopleFile,
  'projects.json': projectsFile,
  'fields.json': fieldsFile,
  'site.json': siteFile,
  'filters.json': filtersFile,
  'issues.json': unique(issueFile, 'key'),
  'serviceDesks.json': unique(deskFile, 'id', 'project'),
  'requests.json': unique(issueFile, 'key'),
};

export type DataFileName = keyof typeof schemas;
export type CustomFieldFile = z.output<typeof fieldsFile>[number];
export type IssueFile = z.output<typeof issueFile>;
export type VisibilityFile = z.output<typeof visibility>;
export type ChangedFile = z.output<typeof changed>;
export type TextFile = z.output<typeof text>;

/** The data of a site as its files have them: their shapes are checked, what they refer to is not. */
export interface DataFiles {
  people: z.output<typeof peopleFile>;
  projects: z.output<typeof projectsFile>;
  fields: z.output<typeof fieldsFile>;
  site: z.output<typeof siteFile>;
  filters: z.output<typeof filtersFile>;
  issues: IssueFile[];
  serviceDesks: DeskFile[];
  /** Issues that are requests of a service desk. */
  requests: IssueFile[];
  /** What the attached files hold, by their names in `files/`. */
  contents: ReadonlyMap<string, Uint8Array>;
  /** A file's path, for messages about it. */
  pathOf(file: DataFileName): string;
}

const defaultFolder = fileURLToPath(new URL('data/', import.meta.url));

/**
 * Reads the data files from `folder`, and from the sandbox's own folder what is missing there.
 * @throws Error with a line for each fault: its file, place and what is wrong
 */
export async function readDataFiles(folder: string = defaultFolder): Promise<DataFiles> {
  const names = await readdir(folder).catch(() => {
    throw new Error(`${folder} is no folder that can be read.`);
  });
  const given = names.filter(each => each.endsWith('.json'));
  const stray = given.find(each => !(each in schemas));
  if (stray !== undefined) {
    throw new Error(
      `${join(folder, stray)} is no file of the Jira sandbox, which reads ${Object.keys(schemas).join(', ')}.`,
    );
  }
  const pathOf = (file: DataFileName) => join(given.includes(file) ? folder : defaultFolder, file);
  const problems: string[] = [];
  const read = async <Schema extends z.ZodType>(
    file: DataFileName,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> => {
    const path = pathOf(file);
    const parsed = schema.safeParse(parse(await readFile(path, 'utf8'), path), { reportInput: false });
    if (parsed.success) return parsed.data;
    for (const { place, message } of parsed.error.issues.flatMap(issue => faultsOf(issue))) {
      problems.push(problemIn(path, z.core.toDotPath(place), message));
    }
    return undefined;
  };
  const people = await read('people.json', schemas['people.json']);
  const projects = await read('projects.json', schemas['projects.json']);
  const fields = await read('fields.json', schemas['fields.json']);
  const site = await read('site.json', schemas['site.json']);
  // Those of the default site are owned by its people.
  const hasFilters = folder === defaultFolder || given.includes('filters.json');
  const filters = hasFilters ? await read('filters.json', schemas['filters.json']) : [];
  const issues = await read('issues.json', schemas['issues.json']);
  // The sandbox's own desks belong to its own projects.
  const hasDesks = given.includes('serviceDesks.json') || !given.includes('projects.json') || folder === defaultFolder;
  const serviceDesks = hasDesks ? await read('serviceDesks.json', schemas['serviceDesks.json']) : [];
  const hasRequests = given.includes('requests.json') || !given.includes('issues.json') || folder === defaultFolder;
  const requests = hasRequests && hasDesks ? await read('requests.json', schemas['requests.json']) : [];
  if (!people || !projects || !fields || !site || !filters || !issues || !serviceDesks || !requests) {
    throw new Error(problems.join('\n'));
  }
  const contents = new Map<string, Uint8Array>();
  for (const name of new Set(
    [...issues, ...requests].flatMap(({ attachments }) => attachments.flatMap(({ file }) => file ?? [])),
  )) {
    const bytes = await readFile(join(folder, 'files', name)).catch(() =>
      readFile(join(defaultFolder, 'files', name)).catch(() => undefined),
    );
    if (bytes) contents.set(name, bytes);
  }
  return { people, projects, fields, site, filters, issues, serviceDesks, requests, contents, pathOf };
}

/** A fault as a line of a message; the place is empty where it is the whole file. */
export const problemIn = (path: string, place: string, message: string): string =>
  `${path}: ${place === '' ? '' : `${place}: `}${message}`;

/** A fault with its place. Where a value matches none of several shapes, it is the fault within the shape that it came closest to. */
function faultsOf(issue: z.core.$ZodIssue, above: PropertyKey[] = []): { place: PropertyKey[]; message: string }[] {
  const place = [...above, ...issue.path];
  const deeper =
    issue.code === 'invalid_union' && issue.errors.find(faults => faults.some(({ path }) => path.length > 0));
  return deeper ? deeper.flatMap(fault => faultsOf(fault, place)) : [{ place, message: issue.message }];
}

function parse(source: string, path: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
