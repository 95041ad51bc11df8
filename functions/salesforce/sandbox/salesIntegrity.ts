import { writeRefused } from './errors.ts';
import type { FieldValue, Org, Row } from './org.ts';
import type { ObjectDefinition } from './schema.ts';

type Values = Record<string, FieldValue>;

/** Holds new products of opportunities and quotes, and members of campaigns, to what Salesforce wants of them. */
export function checkSale(org: Org, object: ObjectDefinition, values: Values): void {
  if (object.name === 'OpportunityLineItem') checkLine(org, values, 'OpportunityId');
  if (object.name === 'QuoteLineItem') checkLine(org, values, 'QuoteId');
  if (object.name === 'CampaignMember') checkMember(org, object, values);
}

function checkLine(org: Org, values: Values, by: string): void {
  const parent = org.find(values[by]);
  const entry = org.find(values.PricebookEntryId);
  const refuse = (message: string) => {
    throw writeRefused('FIELD_INTEGRITY_EXCEPTION', `field integrity exception: ${message}`, ['PricebookEntryId']);
  };
  if (!parent || !entry) return;
  if (entry.row.IsActive !== true) refuse('PricebookEntryId (pricebook entry is inactive)');
  if (parent.row.CurrencyIsoCode !== entry.row.CurrencyIsoCode) {
    refuse('PricebookEntryId (pricebook entry currency code does not match the parent)');
  }
  parent.row.Pricebook2Id ??= entry.row.Pricebook2Id ?? null;
  if (parent.row.Pricebook2Id !== entry.row.Pricebook2Id) {
    refuse('PricebookEntryId (pricebook entry is in a different pricebook than the one assigned to the parent)');
  }
  if (Number(values.Quantity) === 0) refuse('Quantity (Quantity must be nonzero)');
}

function checkMember(
  org: Org,
  object: ObjectDefinition,
  { CampaignId, LeadId = null, ContactId = null }: Values,
): void {
  if (LeadId === null && ContactId === null) {
    throw writeRefused('FIELD_INTEGRITY_EXCEPTION', 'Attempted to add an entity that is neither a lead nor a contact.');
  }
  const isMember = org
    .rows(object)
    .some(
      row => !row.IsDeleted && row.CampaignId === CampaignId && row.LeadId === LeadId && row.ContactId === ContactId,
    );
  if (isMember) throw writeRefused('DUPLICATE_VALUE', 'Already a campaign member.');
}

/** An opportunity has one primary contact: another role that was it is no longer. */
export function keepOnePrimary(org: Org, object: ObjectDefinition, { Id, OpportunityId, IsPrimary }: Row): void {
  if (object.name !== 'OpportunityContactRole' || IsPrimary !== true) return;
  for (const row of org.rows(object)) {
    if (row.Id !== Id && row.OpportunityId === OpportunityId && row.IsPrimary === true) row.IsPrimary = false;
  }
}
