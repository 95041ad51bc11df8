import type { Access, ObjectRight } from './dataFiles.ts';
import type { FieldValue, Located, Org, Row } from './org.ts';
import { type FieldDefinition, findField, type ObjectDefinition, type Schema } from './schema.ts';

/** What a user's profile and permission sets give. */
export type Rights = Access['users'][string];

/** The user as whom a request is carried out. */
export interface Viewer {
  Id: string;
  /**
   * `all` sees and changes every record, as View All Data and Modify All Data let them. `own` sees and changes records as they
   * are shared, and sees no hidden field.
   */
  access: 'all' | 'own';
  /** Without it, every object and field is open. */
  rights?: Rights;
}

const usualRights: readonly ObjectRight[] = ['read', 'create', 'edit', 'delete'];

/** https://help.salesforce.com/s/articleView?id=platform.users_profiles_object_perms.htm */
export function may(viewer: Viewer, right: ObjectRight, { name, pseudo }: ObjectDefinition): boolean {
  if (pseudo) return true;
  const rights = viewer.rights?.objects[name] ?? usualRights;
  if (right === 'viewAll' && rights.includes('modifyAll')) return true;
  return rights.includes(right) && (right === 'read' || rights.includes('read'));
}

/** Whether a permission is missing that is on no object, such as `RunReports`. */
export const lacks = ({ rights }: Viewer, permission: Rights['lacks'][number]): boolean =>
  rights?.lacks.includes(permission) ?? false;

const schemas = new WeakMap<Viewer, Schema>();

/** The objects that a user may read; to them, there are no others. */
export function schemaFor(viewer: Viewer, schema: Schema): Schema {
  if (!viewer.rights) return schema;
  const known = schemas.get(viewer);
  if (known) return known;
  const open = (object: ObjectDefinition | undefined) => (object && may(viewer, 'read', object) ? object : undefined);
  const narrow: Schema = {
    objects: schema.objects.filter(open),
    find: name => open(schema.find(name)),
    ofId: id => open(schema.ofId(id)),
    target: reference => schema.target(reference),
    children: parent => schema.children(parent).filter(({ object }) => open(object)),
  };
  schemas.set(viewer, narrow);
  return narrow;
}

/** https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm */
export function canSeeField(viewer: Viewer, { name }: ObjectDefinition, field: FieldDefinition): boolean {
  const given = viewer.rights?.fields[name]?.[field.name];
  return given === undefined ? viewer.access === 'all' || !field.hidden : given !== 'none';
}

export const canWriteField = (viewer: Viewer, object: ObjectDefinition, field: FieldDefinition): boolean =>
  canSeeField(viewer, object, field) && viewer.rights?.fields[object.name]?.[field.name] !== 'read';

export const fieldsFor = (viewer: Viewer, object: ObjectDefinition): FieldDefinition[] =>
  object.fields.filter(field => canSeeField(viewer, object, field));

/**
 * What is seen by whoever sees the records that it belongs to: all of them, or with `any` one of them. An object of `byDefault`
 * is so only where the org's default is `parent`.
 */
interface Belonging {
  fields: readonly string[];
  any?: true;
  byDefault?: true;
  /** A record is only added by whoever may change the one that it belongs to. */
  changesParent?: true;
}

const belongings: Readonly<Record<string, Belonging>> = {
  ApprovalSubmission: { fields: ['RelatedRecordId'] },
  ApprovalWorkItem: { fields: ['RelatedRecordId'] },
  Attachment: { fields: ['ParentId'] },
  CampaignMember: { fields: ['CampaignId', 'LeadId', 'ContactId'], changesParent: true },
  CampaignMemberStatus: { fields: ['CampaignId'] },
  CaseComment: { fields: ['ParentId'] },
  CaseHistory: { fields: ['CaseId'] },
  CaseMilestone: { fields: ['CaseId'] },
  Contact: { fields: ['AccountId'], byDefault: true },
  ContentDocumentLink: { fields: ['LinkedEntityId'] },
  ContentVersion: { fields: ['ContentDocumentId'] },
  Contract: { fields: ['AccountId'], byDefault: true },
  EmailMessage: { fields: ['ParentId'] },
  Entitlement: { fields: ['AccountId'] },
  EntitlementContact: { fields: ['EntitlementId'] },
  Event: { fields: ['WhatId', 'WhoId'], any: true, byDefault: true },
  EventRelation: { fields: ['EventId'] },
  FeedItem: { fields: ['ParentId'] },
  Note: { fields: ['ParentId'] },
  OpportunityContactRole: { fields: ['OpportunityId'], changesParent: true },
  OpportunityFieldHistory: { fields: ['OpportunityId'] },
  OpportunityLineItem: { fields: ['OpportunityId'], changesParent: true },
  ProcessInstance: { fields: ['TargetObjectId'] },
  ProcessInstanceStep: { fields: ['ProcessInstanceId'] },
  ProcessInstanceWorkitem: { fields: ['ProcessInstanceId'] },
  Project__History: { fields: ['ParentId'] },
  Quote: { fields: ['OpportunityId'] },
  QuoteLineItem: { fields: ['QuoteId'], changesParent: true },
  Task: { fields: ['WhatId', 'WhoId'], any: true, byDefault: true },
  TaskRelation: { fields: ['TaskId'] },
};

/** Who has a record, or has to do something with it. */
const holders = ['OwnerId', 'QuotaOwnerId', 'AssignedToId', 'ActorId'] as const;

const defaultOf = ({ sharing }: Org, { name, private: isPrivate }: ObjectDefinition) =>
  sharing.defaults[name] ?? (isPrivate ? 'private' : 'read');

export const canSeeRow = (org: Org, viewer: Viewer, located: Located): boolean =>
  isShared(org, viewer, located, 'read');

export const canChangeRow = (org: Org, viewer: Viewer, located: Located): boolean =>
  isShared(org, viewer, located, 'edit');

export const rowsFor = (viewer: Viewer, object: ObjectDefinition, org: Org): Row[] =>
  org.rows(object).filter(row => canSeeRow(org, viewer, { object, row }));

/**
 * https://help.salesforce.com/s/articleView?id=platform.security_data_access.htm: by the rights on the object, the ownership,
 * the org's default and what is shared beyond it.
 */
function isShared(org: Org, viewer: Viewer, { object, row }: Located, right: 'read' | 'edit'): boolean {
  if (!may(viewer, right, object)) return false;
  if (viewer.access === 'all' || may(viewer, right === 'read' ? 'viewAll' : 'modifyAll', object)) return true;
  if (object.name === 'User') return right === 'read' || row.Id === viewer.Id;
  if (isHolder(org, viewer, object, row)) return true;
  const share = org.sharing.shares[row.Id]?.[viewer.Id];
  if (share === 'edit' || share === right) return true;
  if (object.name === 'ContentDocument') {
    return right === 'read' && linksOf(org, row).some(link => canSeeRow(org, viewer, link));
  }
  const byDefault = defaultOf(org, object);
  const belonging = belongings[object.name];
  if (belonging && (!belonging.byDefault || byDefault === 'parent')) {
    const parents = belonging.fields.flatMap(field => org.find(row[field]) ?? []);
    const isOpen = (parent: Located) => isShared(org, viewer, parent, right);
    return parents.length > 0 && (belonging.any ? parents.some(isOpen) : parents.every(isOpen));
  }
  return byDefault === 'readWrite' || (byDefault === 'read' && right === 'read');
}

function isHolder(org: Org, viewer: Viewer, object: ObjectDefinition, row: Row): boolean {
  const ids = holders.flatMap(name => row[name] ?? []);
  // What nobody owns and what belongs to nothing, such as a report, is private to whoever has made it.
  const isOnItsOwn = !findField(object, 'OwnerId') && !belongings[object.name];
  if (isOnItsOwn && defaultOf(org, object) === 'private') ids.push(row.CreatedById ?? '');
  return ids.some(id => id === viewer.Id || isMember(org, viewer, id));
}

/** Whether a user is in a queue, which owns records for its members. */
function isMember({ schema, rows, find }: Org, viewer: Viewer, groupId: FieldValue): boolean {
  if (find(groupId)?.object.name !== 'Group') return false;
  const members = schema.find('GroupMember');
  return (members ? rows(members) : []).some(
    ({ GroupId, UserOrGroupId, IsDeleted }) => GroupId === groupId && UserOrGroupId === viewer.Id && !IsDeleted,
  );
}

function linksOf({ schema, rows }: Org, document: Row): Located[] {
  const object = schema.find('ContentDocumentLink');
  const links = object ? rows(object).filter(link => link.ContentDocumentId === document.Id && !link.IsDeleted) : [];
  return object ? links.map(row => ({ object, row })) : [];
}

/** Whether a user may add a record that belongs to these: whoever adds a product to an opportunity changes it. */
export function canAdd(org: Org, viewer: Viewer, object: ObjectDefinition, values: Partial<Row>): boolean {
  const belonging = belongings[object.name];
  if (!belonging?.changesParent) return true;
  const parent = org.find(values[belonging.fields[0] ?? '']);
  return !parent || canChangeRow(org, viewer, parent);
}
