/** What records of an object are called by where that is not the field Name. */
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
    WorkOrder: 'WorkOrderNumber',
  }).map(([objectType, field]) => [objectType.toLowerCase(), field]),
);

/** Standard objects to which others point, and which have a Name. */
const named = new Set(
  (
    'Account,Asset,BusinessHours,Campaign,Contact,Group,Individual,Lead,Opportunity,Organization,Pricebook2,Product2,' +
    'Profile,RecordType,Territory2,User,UserRole'
  )
    .toLowerCase()
    .split(','),
);

/** The field by which people know a record of an object, whatever case its name is in; undefined where that takes a look at its description. */
export function nameFieldOf(objectType: string): string | undefined {
  const sought = objectType.toLowerCase();
  return otherNameFields.get(sought) ?? (named.has(sought) || sought.endsWith('__c') ? 'Name' : undefined);
}
