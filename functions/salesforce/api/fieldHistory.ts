import type { FieldDescription } from './wire.ts';

/**
 * Where Salesforce keeps who changed which field of a record: `AccountHistory`, `Project__History`, `OpportunityFieldHistory`.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_history.htm
 */
export function historyOf(objectType: string): { historyType: string; parentField: string } {
  if (objectType.endsWith('__c'))
    return { historyType: objectType.replace(/__c$/, '__History'), parentField: 'ParentId' };
  const historyType = objectType === 'Opportunity' ? 'OpportunityFieldHistory' : `${objectType}History`;
  return { historyType, parentField: `${objectType}Id` };
}

/** The object whose history an object is; undefined for one that is none. Names may be in any case. */
export function parentOfHistory(historyType: string): string | undefined {
  const custom = /^(\w+)__history$/i.exec(historyType)?.[1];
  if (custom !== undefined) return `${custom}__c`;
  // The steps of approvals are none of a field's.
  if (/^processinstancehistory$/i.test(historyType)) return undefined;
  const [, standard] = /^(\w+?)(?:field)?history$/i.exec(historyType) ?? [];
  return standard;
}

/** What a history tells besides fields: `created`, and the like. */
const happenings: Readonly<Record<string, string>> = {
  created: 'Created',
  locked: 'Record locked',
  unlocked: 'Record unlocked',
  ownerAccepted: 'Owner (accepted)',
  ownerAssignment: 'Owner (assignment)',
  ownerEscalated: 'Owner (escalation)',
  closed: 'Closed',
  opportunityCreatedFromLead: 'Created by lead conversion',
  leadConverted: 'Lead converted',
  leadMerged: 'Leads merged',
  contactMerged: 'Contacts merged',
  accountMerged: 'Accounts merged',
  accountCreatedFromLead: 'Created by lead conversion',
  contactCreatedFromLead: 'Created by lead conversion',
};
/** Those that tell of the owner. */
const ofOwner = ['ownerAccepted', 'ownerAssignment', 'ownerEscalated'];

export const happeningCalled = (name: string): string | undefined => happenings[name];

/** What a history calls a field: `StageName`, `Owner` of OwnerId, `Account` of AccountId. */
export function namesInHistory({ name, type, relationshipName }: FieldDescription): string[] {
  const isLookup = type === 'reference' && !name.endsWith('__c');
  const short = isLookup ? [relationshipName ?? name.replace(/Id$/, ''), name.replace(/Id$/, '')] : [];
  return [...new Set([name, ...short, ...(name === 'OwnerId' ? ofOwner : [])])];
}

/**
 * What of an object's history may be told under a policy, of what the object's own description leaves open: a lookup that leads
 * to what is closed has its name in the history.
 */
export function openInHistory(fields: readonly FieldDescription[]): string[] {
  const open = fields.filter(({ type, relationshipName }) => type !== 'reference' || relationshipName);
  const isOwnerOpen = open.some(({ name }) => name === 'OwnerId');
  const others = Object.keys(happenings).filter(name => isOwnerOpen || !ofOwner.includes(name));
  return [...new Set([...open.flatMap(namesInHistory), ...others])];
}
