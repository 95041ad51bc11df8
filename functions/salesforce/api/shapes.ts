import { field, recordShape } from './recordShape.ts';
import { recordTypeName } from './recordTypes.ts';

// What the actions that find records answer with. Filters know their names, too.

export const accountShape = recordShape('Account', {
  accountId: field.id('The ID of the account.'),
  name: field.heading('Name', 'The name of the account.'),
  type: field.text('Type', 'The type of the account, such as Customer or Partner.'),
  industry: field.text('Industry', 'Its industry.'),
  city: field.text('BillingCity', 'The city of its billing address.'),
  country: field.text('BillingCountry', 'The country of its billing address.'),
  phone: field.text('Phone', 'Its phone number.'),
  website: field.text('Website', 'Its website.'),
  annualRevenue: field.amount('AnnualRevenue', 'Its yearly revenue.'),
  currency: field.currency(),
  owner: field.text('Owner.Name', 'The owner of the account.'),
  url: field.link('The address of the account in Salesforce.'),
});

export const contactShape = recordShape('Contact', {
  contactId: field.id('The ID of the contact.'),
  name: field.heading('Name', 'The full name.'),
  title: field.text('Title', 'The job title.'),
  email: field.text('Email', 'The e-mail address.'),
  phone: field.text('Phone', 'The phone number.'),
  mobile: field.text('MobilePhone', 'The mobile number.'),
  account: field.text('Account.Name', 'The account that the contact belongs to.'),
  accountId: field.reference('AccountId', 'The ID of that account.'),
  owner: field.text('Owner.Name', 'The owner of the contact.'),
  url: field.link('The address of the contact in Salesforce.'),
});

export const leadShape = recordShape('Lead', {
  leadId: field.id('The ID of the lead.'),
  name: field.heading('Name', 'The full name.'),
  title: field.text('Title', 'The job title.'),
  company: field.text('Company', 'The company that the lead works for.'),
  email: field.text('Email', 'The e-mail address.'),
  phone: field.text('Phone', 'The phone number.'),
  status: field.text('Status', 'The status of the lead.'),
  source: field.text('LeadSource', 'Where the lead came from.'),
  rating: field.text('Rating', 'The rating of the lead, such as Hot.'),
  isConverted: field.boolean(
    'IsConverted',
    'True when the lead was converted to an account, a contact or an opportunity.',
  ),
  owner: field.text('Owner.Name', 'The owner of the lead: a person or a queue.'),
  createdAt: field.time('CreatedDate', "When the lead was created, ISO 8601, by the asking user's clock."),
  url: field.link('The address of the lead in Salesforce.'),
});

export const opportunityShape = recordShape('Opportunity', {
  opportunityId: field.id('The ID of the opportunity.'),
  name: field.heading('Name', 'The name of the opportunity.'),
  account: field.text('Account.Name', 'The account that it is with.'),
  accountId: field.reference('AccountId', 'The ID of that account.'),
  recordType: field.text(recordTypeName, 'Its record type, such as Renewal, where the org has any.'),
  stage: field.text('StageName', 'The stage.'),
  amount: field.amount('Amount', 'The amount.'),
  currency: field.currency(),
  probability: field.number('Probability', 'The probability of winning it, in percent.'),
  closeDate: field.text('CloseDate', 'The day on which it closed or is expected to close.'),
  isClosed: field.boolean('IsClosed', 'True when it is won or lost.'),
  isWon: field.boolean('IsWon', 'True when it is won.'),
  nextStep: field.text('NextStep', 'The next step.'),
  owner: field.text('Owner.Name', 'The owner of the opportunity.'),
  url: field.link('The address of the opportunity in Salesforce.'),
});

export const supportCaseShape = recordShape('Case', {
  caseId: field.id('The ID of the case.'),
  caseNumber: field.text('CaseNumber', 'The number of the case.'),
  subject: field.heading('Subject', 'What it is about.'),
  status: field.text('Status', 'Its status.'),
  priority: field.text('Priority', 'Its priority.'),
  isClosed: field.boolean('IsClosed', 'True when it is closed.'),
  isEscalated: field.boolean('IsEscalated', 'True when it is escalated.'),
  account: field.text('Account.Name', 'The account that it belongs to.'),
  accountId: field.reference('AccountId', 'The ID of that account.'),
  contact: field.text('Contact.Name', 'The contact who reported it.'),
  owner: field.text('Owner.Name', 'The owner of the case: a person or a queue.'),
  openedAt: field.time('CreatedDate', "When it was opened, ISO 8601, by the asking user's clock."),
  closedAt: field.time('ClosedDate', "When it was closed, ISO 8601, by the asking user's clock."),
  url: field.link('The address of the case in Salesforce.'),
});

export const foundShapes = [accountShape, contactShape, leadShape, opportunityShape, supportCaseShape] as const;
