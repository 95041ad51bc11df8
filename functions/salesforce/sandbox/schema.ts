/** What a field can hold, in the words of describe. */
export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'multipicklist'
  | 'reference'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime';

export interface FieldDefinition {
  name: string;
  label: string;
  type: FieldType;
  /** Characters that fit; 0 for what is not text. */
  length: number;
  nillable: boolean;
  createable: boolean;
  updateable: boolean;
  defaultedOnCreate: boolean;
  /** What an insert puts here when it says nothing. */
  defaultValue: string | boolean | null;
  calculated: boolean;
  nameField: boolean;
  /** Where false, a condition or an ORDER BY on it is refused. */
  filterable: boolean;
  values: string[];
  restrictedPicklist: boolean;
  referenceTo: string[];
  relationshipName: string | null;
  /** What each parent calls the records that point at it. */
  childRelationship: string | null;
}

export interface ObjectDefinition {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string;
  custom: boolean;
  fields: FieldDefinition[];
  /** What the objects in `referenceTo` a polymorphic reference share; it is no table of its own. */
  pseudo: boolean;
}

type Options = Partial<FieldDefinition>;

const defaultLengths: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  string: 255,
  picklist: 255,
  multipicklist: 4099,
  email: 80,
  phone: 40,
  url: 255,
  textarea: 32_000,
};

function field(type: FieldType, name: string, label: string, options: Options = {}): FieldDefinition {
  const length = options.length ?? defaultLengths[type] ?? 0;
  return {
    name,
    label,
    type,
    length,
    nillable: true,
    createable: true,
    updateable: true,
    defaultedOnCreate: options.defaultValue !== undefined || type === 'boolean',
    defaultValue: type === 'boolean' ? false : null,
    calculated: false,
    nameField: false,
    filterable: type !== 'textarea' || length <= 255,
    values: [],
    restrictedPicklist: false,
    referenceTo: [],
    relationshipName: null,
    childRelationship: null,
    ...options,
  };
}

const readOnly: Options = { createable: false, updateable: false };
const required: Options = { nillable: false };
const formula: Options = { ...readOnly, calculated: true };

const reference = (
  name: string,
  label: string,
  referenceTo: string[],
  childRelationship: string | null = null,
  options: Options = {},
): FieldDefinition =>
  field('reference', name, label, {
    referenceTo,
    childRelationship,
    relationshipName: name.endsWith('__c') ? name.replace(/__c$/, '__r') : name.replace(/Id$/, ''),
    ...options,
  });

const picklist = (name: string, label: string, values: string[], options: Options = {}): FieldDefinition =>
  field('picklist', name, label, { values, ...options });

const address = (prefix: string, label: string): FieldDefinition[] =>
  ['Street', 'City', 'State', 'PostalCode', 'Country'].map(part =>
    field(part === 'Street' ? 'textarea' : 'string', `${prefix}${part}`, `${label}${part.replace('lC', 'l C')}`, {
      length: part === 'PostalCode' ? 20 : part === 'Street' ? 255 : 80,
    }),
  );

function object(
  name: string,
  label: string,
  labelPlural: string,
  keyPrefix: string,
  fields: FieldDefinition[],
): ObjectDefinition {
  const system = { ...readOnly, ...required, defaultedOnCreate: true };
  return {
    name,
    label,
    labelPlural,
    keyPrefix,
    custom: name.endsWith('__c'),
    pseudo: keyPrefix === '',
    fields: [
      field('id', 'Id', `${label} ID`, system),
      ...(keyPrefix === '' ? [] : [field('boolean', 'IsDeleted', 'Deleted', system)]),
      ...fields,
      ...(keyPrefix === ''
        ? []
        : [
            field('datetime', 'CreatedDate', 'Created Date', system),
            reference('CreatedById', 'Created By ID', ['User'], null, system),
            field('datetime', 'LastModifiedDate', 'Last Modified Date', system),
            reference('LastModifiedById', 'Last Modified By ID', ['User'], null, system),
            field('datetime', 'SystemModstamp', 'System Modstamp', system),
          ]),
    ],
  };
}

const owner = (...referenceTo: string[]): FieldDefinition =>
  reference('OwnerId', 'Owner ID', referenceTo, null, { nillable: false, defaultedOnCreate: true });

const personName = (extra: Options = {}): FieldDefinition[] => [
  field('string', 'LastName', 'Last Name', { ...required, length: 80, ...extra }),
  field('string', 'FirstName', 'First Name', { length: 40, ...extra }),
  field('string', 'Name', 'Full Name', { ...readOnly, nillable: false, nameField: true, length: 121 }),
];

const industries = ['Consulting', 'Food & Beverage', 'Healthcare', 'Manufacturing', 'Retail', 'Technology'];
export const opportunityStages = {
  Prospecting: { probability: 10, closed: false, won: false },
  Qualification: { probability: 20, closed: false, won: false },
  'Needs Analysis': { probability: 40, closed: false, won: false },
  'Proposal/Price Quote': { probability: 65, closed: false, won: false },
  'Negotiation/Review': { probability: 80, closed: false, won: false },
  'Closed Won': { probability: 100, closed: true, won: true },
  'Closed Lost': { probability: 0, closed: true, won: false },
};
const leadSources = ['Web', 'Phone Inquiry', 'Partner Referral', 'Trade Show', 'Other'];
const taskPriorities = ['High', 'Normal', 'Low'];

const activity: FieldDefinition[] = [
  field('string', 'Subject', 'Subject'),
  reference('WhoId', 'Name ID', ['Contact', 'Lead']),
  reference('WhatId', 'Related To ID', ['Account', 'Opportunity', 'Case', 'Project__c']),
  reference('AccountId', 'Account ID', ['Account'], null, readOnly),
  field('textarea', 'Description', 'Comments'),
  owner('Group', 'User'),
];
/** Each parent has Tasks and Events of its own, by whichever of the two references can point at it. */
const activityFields = (children: string): FieldDefinition[] =>
  activity.map(definition =>
    /^Wh/.test(definition.name) ? { ...definition, childRelationship: children } : definition,
  );

export const objects: ObjectDefinition[] = [
  object('Account', 'Account', 'Accounts', '001', [
    field('string', 'Name', 'Account Name', { ...required, nameField: true }),
    picklist('Type', 'Account Type', ['Prospect', 'Customer - Direct', 'Customer - Channel', 'Partner']),
    reference('ParentId', 'Parent Account ID', ['Account'], 'ChildAccounts'),
    ...address('Billing', 'Billing '),
    field('phone', 'Phone', 'Account Phone'),
    field('url', 'Website', 'Website'),
    picklist('Industry', 'Industry', industries),
    field('currency', 'AnnualRevenue', 'Annual Revenue'),
    field('int', 'NumberOfEmployees', 'Employees'),
    picklist('Rating', 'Account Rating', ['Hot', 'Warm', 'Cold']),
    field('string', 'AccountNumber', 'Account Number', { length: 40 }),
    field('textarea', 'Description', 'Account Description'),
    owner('User'),
    field('date', 'LastActivityDate', 'Last Activity', readOnly),
  ]),
  object('Contact', 'Contact', 'Contacts', '003', [
    reference('AccountId', 'Account ID', ['Account'], 'Contacts'),
    ...personName(),
    picklist('Salutation', 'Salutation', ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.']),
    field('string', 'Title', 'Title', { length: 128 }),
    field('string', 'Department', 'Department', { length: 80 }),
    field('email', 'Email', 'Email'),
    field('phone', 'Phone', 'Business Phone'),
    field('phone', 'MobilePhone', 'Mobile Phone'),
    ...address('Mailing', 'Mailing '),
    reference('ReportsToId', 'Reports To ID', ['Contact'], 'ReportsToContacts'),
    picklist('LeadSource', 'Lead Source', leadSources),
    field('textarea', 'Description', 'Contact Description'),
    owner('User'),
    field('date', 'LastActivityDate', 'Last Activity', readOnly),
  ]),
  object('Opportunity', 'Opportunity', 'Opportunities', '006', [
    reference('AccountId', 'Account ID', ['Account'], 'Opportunities'),
    field('string', 'Name', 'Name', { ...required, nameField: true, length: 120 }),
    picklist('StageName', 'Stage', Object.keys(opportunityStages), { ...required, restrictedPicklist: true }),
    field('currency', 'Amount', 'Amount'),
    field('percent', 'Probability', 'Probability (%)', { defaultedOnCreate: true }),
    field('currency', 'ExpectedRevenue', 'Expected Amount', readOnly),
    field('date', 'CloseDate', 'Close Date', required),
    picklist('Type', 'Opportunity Type', ['New Business', 'Existing Business']),
    field('string', 'NextStep', 'Next Step'),
    picklist('LeadSource', 'Lead Source', leadSources),
    field('boolean', 'IsClosed', 'Closed', readOnly),
    field('boolean', 'IsWon', 'Won', readOnly),
    picklist(
      'ForecastCategoryName',
      'Forecast Category',
      ['Omitted', 'Pipeline', 'Best Case', 'Commit', 'Closed'],
      readOnly,
    ),
    field('percent', 'Margin__c', 'Margin'),
    field('textarea', 'Description', 'Description'),
    owner('User'),
    field('date', 'LastActivityDate', 'Last Activity', readOnly),
  ]),
  object('Case', 'Case', 'Cases', '500', [
    field('string', 'CaseNumber', 'Case Number', {
      ...readOnly,
      ...required,
      defaultedOnCreate: true,
      nameField: true,
      length: 30,
    }),
    reference('ContactId', 'Contact ID', ['Contact'], 'Cases'),
    reference('AccountId', 'Account ID', ['Account'], 'Cases'),
    field('string', 'SuppliedEmail', 'Web Email', { length: 80 }),
    picklist('Type', 'Case Type', ['Question', 'Problem', 'Feature Request']),
    picklist('Status', 'Status', ['New', 'Working', 'Waiting on Customer', 'Escalated', 'Closed'], {
      defaultValue: 'New',
    }),
    picklist('Reason', 'Case Reason', ['Installation', 'Performance', 'Billing', 'Other']),
    picklist('Origin', 'Case Origin', ['Phone', 'Email', 'Web']),
    field('string', 'Subject', 'Subject'),
    picklist('Priority', 'Priority', ['High', 'Medium', 'Low'], { defaultValue: 'Medium' }),
    field('textarea', 'Description', 'Description'),
    field('boolean', 'IsClosed', 'Closed', readOnly),
    field('datetime', 'ClosedDate', 'Closed Date', readOnly),
    field('boolean', 'IsEscalated', 'Escalated', { defaultedOnCreate: true }),
    owner('Group', 'User'),
  ]),
  object('Lead', 'Lead', 'Leads', '00Q', [
    ...personName(),
    field('string', 'Title', 'Title', { length: 128 }),
    field('string', 'Company', 'Company', required),
    ...address('', ''),
    field('phone', 'Phone', 'Phone'),
    field('email', 'Email', 'Email'),
    field('url', 'Website', 'Website'),
    picklist('LeadSource', 'Lead Source', leadSources),
    picklist(
      'Status',
      'Status',
      ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'],
      {
        nillable: false,
        defaultValue: 'Open - Not Contacted',
      },
    ),
    picklist('Industry', 'Industry', industries),
    picklist('Rating', 'Rating', ['Hot', 'Warm', 'Cold']),
    field('int', 'NumberOfEmployees', 'Employees'),
    field('textarea', 'Description', 'Description'),
    field('boolean', 'IsConverted', 'Converted', readOnly),
    owner('Group', 'User'),
  ]),
  object('Task', 'Task', 'Tasks', '00T', [
    ...activityFields('Tasks').map(definition =>
      definition.name === 'Subject' ? { ...definition, nameField: true } : definition,
    ),
    field('date', 'ActivityDate', 'Due Date Only'),
    picklist('Status', 'Status', ['Not Started', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred'], {
      nillable: false,
      defaultValue: 'Not Started',
    }),
    picklist('Priority', 'Priority', taskPriorities, { nillable: false, defaultValue: 'Normal' }),
    picklist('TaskSubtype', 'Task Subtype', ['Task', 'Email', 'Call'], { updateable: false, defaultValue: 'Task' }),
    field('boolean', 'IsClosed', 'Closed', readOnly),
    field('datetime', 'CompletedDateTime', 'Completed Date/Time', readOnly),
  ]),
  object('Event', 'Event', 'Events', '00U', [
    ...activityFields('Events').map(definition =>
      definition.name === 'Subject' ? { ...definition, nameField: true } : definition,
    ),
    field('string', 'Location', 'Location'),
    field('datetime', 'ActivityDateTime', 'Due Date Time'),
    field('date', 'ActivityDate', 'Due Date Only', readOnly),
    field('int', 'DurationInMinutes', 'Duration'),
    field('datetime', 'StartDateTime', 'Start Date Time'),
    field('datetime', 'EndDateTime', 'End Date Time'),
    field('boolean', 'IsAllDayEvent', 'All-Day Event'),
  ]),
  object('User', 'User', 'Users', '005', [
    field('string', 'Username', 'Username', { ...required, length: 80 }),
    ...personName(),
    field('email', 'Email', 'Email', { ...required, length: 128 }),
    field('string', 'Alias', 'Alias', { ...required, length: 8 }),
    field('string', 'Title', 'Title', { length: 80 }),
    field('string', 'Department', 'Department', { length: 80 }),
    field('phone', 'Phone', 'Phone'),
    field('boolean', 'IsActive', 'Active', { defaultedOnCreate: true }),
    reference('ManagerId', 'Manager ID', ['User'], 'ManagedUsers'),
    picklist('UserType', 'User Type', ['Standard', 'PowerPartner', 'CsnOnly', 'AutomatedProcess'], readOnly),
    field('string', 'TimeZoneSidKey', 'Time Zone', { length: 40 }),
  ]),
  object('Project__c', 'Project', 'Projects', 'a00', [
    field('string', 'Name', 'Project Name', { nameField: true, length: 80, defaultedOnCreate: true }),
    reference('Account__c', 'Account', ['Account'], 'Projects__r'),
    reference('Sponsor__c', 'Executive Sponsor', ['Contact'], 'Sponsored_Projects__r'),
    picklist('Phase__c', 'Phase', ['Discovery', 'Build', 'Rollout', 'Done'], { restrictedPicklist: true }),
    field('multipicklist', 'Regions__c', 'Regions', { values: ['EMEA', 'AMER', 'APAC'], restrictedPicklist: true }),
    field('currency', 'Budget__c', 'Budget'),
    field('currency', 'Spent__c', 'Spent'),
    field('currency', 'Remaining__c', 'Remaining Budget', formula),
    field('date', 'Go_Live__c', 'Go-live Date'),
    field('boolean', 'At_Risk__c', 'At Risk?'),
    field('textarea', 'Notes__c', 'Internal Notes'),
    owner('Group', 'User'),
  ]),
];

/** What a polymorphic reference (What, Who, the Owner of a Case) leads to: the fields that all its targets share. */
export const nameObject = object('Name', 'Name', 'Names', '', [
  field('string', 'Name', 'Name', { nameField: true }),
  field('string', 'Type', 'Type'),
  field('string', 'FirstName', 'First Name'),
  field('string', 'LastName', 'Last Name'),
  field('email', 'Email', 'Email'),
  field('phone', 'Phone', 'Phone'),
  field('string', 'Title', 'Title'),
  field('string', 'Username', 'Username'),
  field('string', 'Alias', 'Alias'),
  field('boolean', 'IsActive', 'Active'),
]);

export interface ChildRelationship {
  name: string;
  object: ObjectDefinition;
  field: FieldDefinition;
}

/** The records that point at an object and are called something there: `Contacts` of an Account. */
export function childRelationships(parent: ObjectDefinition): ChildRelationship[] {
  return objects.flatMap(child =>
    child.fields.flatMap(definition =>
      definition.childRelationship && definition.referenceTo.includes(parent.name)
        ? [{ name: definition.childRelationship, object: child, field: definition }]
        : [],
    ),
  );
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export const findObject = (name: string): ObjectDefinition | undefined => objects.find(entry => same(entry.name, name));
export const findField = (owner: ObjectDefinition, name: string): FieldDefinition | undefined =>
  owner.fields.find(entry => same(entry.name, name));
export const findRelationship = (owner: ObjectDefinition, name: string): FieldDefinition | undefined =>
  owner.fields.find(entry => entry.relationshipName !== null && same(entry.relationshipName, name));
export const findChildRelationship = (parent: ObjectDefinition, name: string): ChildRelationship | undefined =>
  childRelationships(parent).find(entry => same(entry.name, name));
export const nameFieldOf = (owner: ObjectDefinition): FieldDefinition | undefined =>
  owner.fields.find(entry => entry.nameField);
