/** A node of the Atlassian Document Format; a document's root has `version` too. */
export interface AdfNode {
  type: string;
  version?: number;
  text?: string;
  attrs?: Record<string, unknown>;
  marks?: { type: string; attrs?: Record<string, unknown> }[];
  content?: AdfNode[];
}

/** A point in time, in milliseconds since 1970. */
export type Instant = number;

export interface Person {
  accountId: string;
  accountType: 'atlassian' | 'app' | 'customer';
  displayName: string;
  email: string;
  /** Jira then leaves `emailAddress` out of its answers, yet finds the person by it. */
  emailHidden: boolean;
  active: boolean;
  /** Theirs, where it is another than the site's. */
  timeZone?: TimeZone;
}

export interface TimeZone {
  name: string;
  offsetMinutes: number;
}

export interface Named {
  id: string;
  name: string;
}

export interface Organization extends Named {
  /** The accounts of the customers who belong to it. */
  memberIds: string[];
}

export interface StatusCategory extends Named {
  key: string;
  colorName: string;
}

export interface Status extends Named {
  category: StatusCategory;
}

export interface IssueType extends Named {
  description: string;
  /** 1 holds issues of level 0, which hold sub-tasks: level -1. */
  level: 1 | 0 | -1;
}

export interface Sprint extends Named {
  state: 'closed' | 'active' | 'future';
  start: Instant | undefined;
  end: Instant | undefined;
  /** When it was closed. */
  completed: Instant | undefined;
  goal: string | undefined;
  /** The board that it was made on. */
  boardId: string | undefined;
}

/** A query that somebody keeps under a name. */
export interface SavedFilter extends Named {
  description: string;
  jql: string;
  ownerId: string;
  /** The accounts that it is shared with; all unless told. */
  sharedWith?: string[];
}

export interface LinkType extends Named {
  inward: string;
  outward: string;
}

export interface Transition extends Named {
  from: string[];
  to: string;
  /** Fields that its screen shows. */
  fields: string[];
  /** Those of them that an issue must have then. */
  required: string[];
  /** The accounts that alone may make it, by a condition of the workflow. */
  onlyFor?: string[];
}

/** A board of a project; one of type `kanban` has no sprints. */
export interface Board extends Named {
  type: 'scrum' | 'kanban' | 'simple';
  projectId: string;
  /** Of the projects whose issues it shows. */
  projectIds: string[];
  sprintIds: string[];
  /** The id of the field that it estimates by, or another way. */
  estimation: string | 'issueCount' | 'none';
  /** In order; the last that has statuses is that of issues that are done. */
  columns: { name: string; statusIds: string[] }[];
}

/** An option that may have others below it. */
export interface Option extends Named {
  children?: readonly Named[];
}

/** In seconds. */
export interface TimeTracking {
  original: number | null;
  remaining: number | null;
}

/** Its dates are days, such as `2026-11-22`. */
export interface Version extends Named {
  description?: string;
  released: boolean;
  archived: boolean;
  startDate?: string;
  releaseDate?: string;
}

/** A kind of request, with the fields of which its portal asks for values. */
export interface RequestType extends Named {
  description: string;
  /** Of an issue that is such a request. */
  issueTypeId: string;
  fields: { id: string; name: string; required: boolean }[];
  hasForm: boolean;
}

interface Queue extends Named {
  jql: string;
  fields: string[];
}

/** A clock that starts when a request is made. */
export interface Sla {
  /** Of the field that shows it. */
  fieldId: string;
  name: string;
  goalSeconds: number;
  stops: 'response' | 'resolution';
  /** The IDs of the statuses in which it is paused. */
  pausedIn: string[];
}

export interface Article {
  id: string;
  title: string;
  space: string;
  body: string;
}

/** A service desk, which is a project's. */
export interface Desk {
  id: string;
  projectId: string;
  /** What customers call a status, by its ID. */
  statusNames: Record<string, string>;
  requestTypes: RequestType[];
  queues: Queue[];
  slas: Sla[];
  organizationIds: string[];
  articles: Article[];
}

type Decision = 'approved' | 'declined' | 'pending';

export interface Approval {
  id: string;
  name: string;
  created: Instant;
  completed: Instant | undefined;
  approvers: { accountId: string; decision: Decision }[];
}

export interface Project extends Named {
  key: string;
  description: string;
  /** `service_desk` for a project of Jira Service Management. */
  type: 'software' | 'service_desk';
  leadId: string;
  typeIds: string[];
  components: (Named & { leadId?: string })[];
  versions: Version[];
  /** The ids of the custom fields that a new issue must have, by the name of its type. */
  required: Record<string, string[]>;
  /** The accounts that are in a role, by its name. */
  roles: Record<string, string[]>;
  /** The accounts that have a permission, by its key; all have those that are missing. */
  permissions: Record<string, string[]>;
}

/** The change of a field, as in Jira's changelog. */
export interface ChangeItem {
  field: string;
  fieldtype: 'jira' | 'custom';
  fieldId: string;
  from: string | null;
  fromString: string | null;
  to: string | null;
  toString: string | null;
}

export interface History {
  id: string;
  authorId: string;
  created: Instant;
  items: ChangeItem[];
  /** What who changed it has told of the change: on whose behalf, from where. */
  metadata?: Record<string, unknown>;
}

/** What only those of a role of its project see, and what only those of a group do. */
export interface Restricted {
  role?: string;
  group?: string;
}

export interface Comment extends Restricted {
  id: string;
  authorId: string;
  created: Instant;
  body: AdfNode;
  /** False for an internal note of a service project. */
  isPublic: boolean;
  /** Where it was edited: when, and by whom. */
  edited?: Act;
  /** What apps keep with it, by key. */
  properties?: Record<string, unknown>;
}

export interface Worklog extends Restricted {
  id: string;
  authorId: string;
  created: Instant;
  started: Instant;
  seconds: number;
  comment: AdfNode | undefined;
}

export interface Attachment extends Restricted {
  id: string;
  authorId: string;
  created: Instant;
  filename: string;
  mimeType: string;
  size: number;
  /** What it holds; undefined where that is lost. */
  bytes: Uint8Array | undefined;
  /** False where it came with an internal note of a service project. */
  isPublic?: boolean;
}

export interface Link {
  id: string;
  typeId: string;
  /** The issue that "blocks". */
  sourceId: string;
  /** The issue that "is blocked by". */
  targetId: string;
}

/** What an issue leads to outside of Jira. */
export interface RemoteLink {
  id: string;
  /** By which who made it finds it again. */
  globalId: string | undefined;
  relationship?: string | undefined;
  application?: object | undefined;
  object: { url: string; title: string };
}

export interface Issue {
  id: string;
  key: string;
  projectId: string;
  creatorId: string;
  created: Instant;
  updated: Instant;
  resolved: Instant | undefined;
  /** Where it was ranked; see `rankOf`. */
  rank?: number;
  /** The values of the editable fields, by field id; people, statuses and options are ids. */
  values: Record<string, FieldValue>;
  comments: Comment[];
  worklogs: Worklog[];
  attachments: Attachment[];
  /** Oldest first. */
  histories: History[];
  /** Writes to it are refused with status 403. */
  frozen: boolean;
  /** What apps have left with it, by key. */
  properties: Record<string, unknown>;
  /** The account IDs of those who watch it; nobody unless told. */
  watcherIds?: string[];
  /** None unless told. */
  remoteLinks?: RemoteLink[];
  /** In a service project, whether a customer has made it, by the portal. The service desk knows no other. */
  isRequest: boolean;
  approvals: Approval[];
  /** The accounts that alone may see it; all who may browse its project unless told. */
  security?: string[];
  /** The keys that it had before it was moved here from other projects; they still lead to it. */
  formerKeys?: string[];
}

export type FieldValue = string | number | string[] | AdfNode | Partial<TimeTracking> | null;

/** Who changes something, and when. */
export interface Act {
  by: string;
  at: Instant;
  /** What is kept with it in the history. */
  metadata?: Record<string, unknown>;
}
