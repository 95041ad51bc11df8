/** The name fields of objects where it is not Name. */
const otherNameFields = new Map<string, string>(
  Object.entries({
    Case: 'CaseNumber',
    Task: 'Subject',
    Event: 'Subject',
    Contract: 'ContractNumber',
    Order: 'OrderNumber',
    Solution: 'SolutionName',
    ContentDocument: 'Title',
    ContentVersion: 'Title',
    ContentNote: 'Title',
    Note: 'Title',
    Dashboard: 'Title',
    WorkOrder: 'WorkOrderNumber',
  }).map(([objectType, field]) => [objectType.toLowerCase(), field]),
);

/** Standard objects that are the target of lookups and have the field Name. */
const named = new Set(
  (
    'Account,Asset,BusinessHours,Campaign,Contact,Group,Individual,Lead,Opportunity,Organization,Pricebook2,Product2,' +
    'Profile,RecordType,Report,Territory2,User,UserRole'
  )
    .toLowerCase()
    .split(','),
);

/** The name field of an object, whose name may be in any case; undefined when only the object's description has it. */
export function nameFieldOf(objectType: string): string | undefined {
  const sought = objectType.toLowerCase();
  return otherNameFields.get(sought) ?? (named.has(sought) || sought.endsWith('__c') ? 'Name' : undefined);
}
