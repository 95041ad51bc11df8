/** What records of an object are called by where that is not the field Name. */
const otherNameFields: Readonly<Record<string, string>> = {
  Case: 'CaseNumber',
  Task: 'Subject',
  Event: 'Subject',
  Contract: 'ContractNumber',
  Order: 'OrderNumber',
  Solution: 'SolutionName',
  ContentDocument: 'Title',
  ContentVersion: 'Title',
  WorkOrder: 'WorkOrderNumber',
};

/** Standard objects to which others point, and which have a Name. */
const named = new Set(
  (
    'Account,Asset,BusinessHours,Campaign,Contact,Group,Individual,Lead,Opportunity,Organization,Pricebook2,Product2,' +
    'Profile,RecordType,Territory2,User,UserRole'
  ).split(','),
);

/** The field by which people know a record of an object; undefined where that takes a look at its description. */
export function nameFieldOf(objectType: string): string | undefined {
  const other = otherNameFields[objectType];
  return other ?? (named.has(objectType) || objectType.endsWith('__c') ? 'Name' : undefined);
}
