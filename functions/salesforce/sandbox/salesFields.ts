import type { Rule } from './derivedFields.ts';
import type { FieldValue, Located, Org, Row } from './org.ts';
import type { ObjectDefinition } from './schema.ts';

/** The fields of products, quotes and campaigns that follow from others, of their own record and of its parents. */

const amount = (value: FieldValue | undefined) => Number(value ?? 0);
/** Without what binary fractions leave. */
const exact = (value: number) => Number(value.toFixed(2));
const fieldOf = (located: Located | undefined, field: string): FieldValue => located?.row[field] ?? null;

const lineItem: Rule = {
  fields: [],
  derive(row, _object, org) {
    const entry = org.find(row.PricebookEntryId);
    const whole = amount(row.Quantity) * amount(row.UnitPrice);
    return {
      Product2Id: fieldOf(entry, 'Product2Id'),
      ListPrice: fieldOf(entry, 'UnitPrice'),
      Subtotal: exact(whole),
      TotalPrice: exact(whole * (1 - amount(row.Discount) / 100)),
    };
  },
};

/** Those of a record itself. */
export const salesRules: Record<string, Rule> = {
  PricebookEntry: {
    fields: [],
    derive(row, _object, org) {
      const product = org.find(row.Product2Id);
      return { Name: fieldOf(product, 'Name'), ProductCode: fieldOf(product, 'ProductCode') };
    },
  },
  OpportunityLineItem: {
    fields: [],
    derive(row, object, org) {
      const own = lineItem.derive(row, object, org);
      const names = [org.find(row.OpportunityId), org.find(own.Product2Id)].map(at => fieldOf(at, 'Name'));
      return { ...own, Name: names.filter(Boolean).join(' ') };
    },
  },
  QuoteLineItem: lineItem,
  Quote: {
    fields: [],
    derive: (row, _object, org) => ({ AccountId: fieldOf(org.find(row.OpportunityId), 'AccountId') }),
  },
  CampaignMember: {
    fields: [],
    derive(row, _object, org) {
      const statuses = childrenOf(org, 'CampaignMemberStatus', 'CampaignId', row.CampaignId);
      const person = org.find(row.ContactId ?? row.LeadId);
      const Status = row.Status ?? statuses.find(({ IsDefault }) => IsDefault)?.Label ?? 'Sent';
      const HasResponded = statuses.some(({ Label, HasResponded: has }) => Label === Status && has === true);
      const company = person?.row.Company ?? fieldOf(org.find(person?.row.AccountId), 'Name');
      return {
        Status,
        HasResponded,
        FirstRespondedDate: HasResponded ? (row.FirstRespondedDate ?? org.now().toISOString().slice(0, 10)) : null,
        Name: fieldOf(person, 'Name'),
        Type: person?.object.name ?? null,
        CompanyOrAccount: company ?? null,
      };
    },
  },
};

interface RollUp {
  child: string;
  /** The child's field that leads to the parent. */
  by: string;
  values(children: Row[], parent: Row): Record<string, FieldValue>;
}

const sum = (rows: readonly Row[], field: string) => exact(rows.reduce((total, row) => total + amount(row[field]), 0));

/** What a record has of its children. */
const rollUps: readonly RollUp[] = [
  {
    child: 'OpportunityLineItem',
    by: 'OpportunityId',
    // Without products, the amount is what people entered.
    values: lines => ({
      HasOpportunityLineItem: lines.length > 0,
      ...(lines.length > 0 && { Amount: sum(lines, 'TotalPrice') }),
    }),
  },
  {
    child: 'QuoteLineItem',
    by: 'QuoteId',
    values(lines, quote) {
      const [Subtotal, TotalPrice] = [sum(lines, 'Subtotal'), sum(lines, 'TotalPrice')];
      return {
        LineItemCount: lines.length,
        Subtotal,
        TotalPrice,
        Discount: Subtotal === 0 ? 0 : exact((1 - TotalPrice / Subtotal) * 100),
        GrandTotal: exact(TotalPrice + amount(quote.Tax) + amount(quote.ShippingHandling)),
      };
    },
  },
  {
    child: 'CampaignMember',
    by: 'CampaignId',
    values: members => ({
      NumberOfLeads: members.filter(({ LeadId }) => LeadId).length,
      NumberOfContacts: members.filter(({ ContactId }) => ContactId).length,
      NumberOfResponses: members.filter(({ HasResponded }) => HasResponded === true).length,
      NumberOfConvertedLeads: 0,
    }),
  },
  {
    child: 'Opportunity',
    by: 'CampaignId',
    values(all) {
      const won = all.filter(({ IsWon }) => IsWon === true);
      return {
        NumberOfOpportunities: all.length,
        NumberOfWonOpportunities: won.length,
        AmountAllOpportunities: sum(all, 'Amount'),
        AmountWonOpportunities: sum(won, 'Amount'),
      };
    },
  },
];

function childrenOf(org: Org, child: string, by: string, parentId: FieldValue | undefined): Row[] {
  const object = org.schema.find(child);
  return object ? org.rows(object).filter(row => row[by] === parentId && !row.IsDeleted) : [];
}

/** Brings what the parents of a record have of it up to date. `derive` is for what follows from that. */
export function rollUp(
  org: Org,
  object: ObjectDefinition,
  rows: readonly (Row | undefined)[],
  derive: (parent: Located) => Record<string, FieldValue>,
): void {
  for (const { child, by, values } of rollUps.filter(each => each.child === object.name)) {
    for (const parentId of new Set(rows.map(row => row?.[by]))) {
      const parent = org.find(parentId);
      if (!parent) continue;
      Object.assign(parent.row, values(childrenOf(org, child, by, parentId), parent.row));
      Object.assign(parent.row, derive(parent));
      rollUp(org, parent.object, [parent.row], derive);
    }
  }
}
