import { field, recordShape } from '../../salesforce/api/recordShape.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import type { SalesforceRecord } from '../../salesforce/api/wire.ts';

/** What of Salesforce an issue can be linked to. */
export const linkableTypes = ['Case', 'Account', 'Opportunity'] as const;
export type LinkableType = (typeof linkableTypes)[number];

export const supportCase = recordShape('Case', {
  caseId: field.id('The ID of the case.'),
  caseNumber: field.text('CaseNumber', 'Its number.'),
  subject: field.heading('Subject', 'What it is about.'),
  status: field.text('Status', 'Its status.'),
  priority: field.text('Priority', 'Its priority.'),
  isClosed: field.boolean('IsClosed', 'True when it is closed.'),
  account: field.text('Account.Name', 'The account that it belongs to.'),
  accountId: field.reference('AccountId', 'The ID of that account.'),
  url: field.link('The address of the case in Salesforce.'),
});

export const account = recordShape('Account', {
  accountId: field.id('The ID of the account.'),
  name: field.heading('Name', 'Its name.'),
  owner: field.text('Owner.Name', 'The owner.'),
  url: field.link('The address of the account in Salesforce.'),
});

export const opportunity = recordShape('Opportunity', {
  opportunityId: field.id('The ID of the opportunity.'),
  name: field.heading('Name', 'Its name.'),
  stage: field.text('StageName', 'The stage.'),
  amount: field.amount('Amount', 'The amount.'),
  currency: field.currency(),
  closeDate: field.text('CloseDate', 'The day on which it is expected to close.'),
  isClosed: field.boolean('IsClosed', 'True when it is won or lost.'),
  account: field.text('Account.Name', 'The account that it belongs to.'),
  accountId: field.reference('AccountId', 'The ID of that account.'),
  url: field.link('The address of the opportunity in Salesforce.'),
});

export const fields = {
  Case: supportCase.fields,
  Account: account.fields,
  Opportunity: opportunity.fields,
};

/** A record as links and answers tell of it. */
export interface Linkable {
  objectType: LinkableType;
  recordId: string;
  /** `Case 00001002`, `Account Contoso`; with the ID where the user may not see what it is called. */
  label: string;
  /** What a case is about, where the user may see it. */
  subject?: string | undefined;
  /** The status of a case, the stage of an opportunity. */
  status?: string | undefined;
  isClosed?: boolean | undefined;
  url: string;
}

export function toLinkable(objectType: LinkableType, record: SalesforceRecord, salesforce: Salesforce): Linkable {
  switch (objectType) {
    case 'Case': {
      const { caseId, caseNumber, subject, status, isClosed, url } = supportCase.read(record, salesforce);
      return { objectType, recordId: caseId, label: `Case ${caseNumber ?? caseId}`, subject, status, isClosed, url };
    }
    case 'Account': {
      const { accountId, name, url } = account.read(record, salesforce);
      return { objectType, recordId: accountId, label: `Account ${name ?? accountId}`, url };
    }
    case 'Opportunity': {
      const { opportunityId, name, stage, isClosed, url } = opportunity.read(record, salesforce);
      return {
        objectType,
        recordId: opportunityId,
        label: `Opportunity ${name ?? opportunityId}`,
        status: stage,
        isClosed,
        url,
      };
    }
  }
}

/** A record with what it is about: `Case 00001002: Invoice 4711 shows the wrong VAT`. */
export function titleOf({ label, subject }: Linkable): string {
  return subject ? `${label}: ${subject}` : label;
}
