import type { Reached } from './soqlReach.ts';
import type { FieldDescription } from './wire.ts';

/** Strings and comments name nothing: https://help.salesforce.com/s/articleView?id=platform.tips_on_building_formulas.htm */
const silent = /"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/g;
/** A name, or a path of names over lookups, and whether it is called. */
const name = /(\$?[A-Za-z]\w*(?:\s*\.\s*[A-Za-z]\w*)*)(\s*\()?/g;
const constants = new Set(['true', 'false', 'null', 'and', 'or', 'not']);

/** The paths from its object that a formula is computed from: `Budget__c`, `Account.AnnualRevenue`. */
function formulaPaths(formula: string): string[] {
  const paths = [...formula.replace(silent, ' ').matchAll(name)].flatMap(([, path = '', call]) =>
    call || constants.has(path.toLowerCase()) ? [] : [path.replace(/\s/g, '')],
  );
  // What begins with a dollar sign is about the user or the organization that runs the formula, and no record.
  return [...new Set(paths.filter(path => !path.startsWith('$')))];
}

/**
 * Standard fields that Salesforce computes from others of the same object, and does not tell how:
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm
 */
const standard: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  opportunity: {
    expectedrevenue: ['Amount', 'Probability'],
    fiscal: ['CloseDate'],
    fiscalquarter: ['CloseDate'],
    fiscalyear: ['CloseDate'],
    forecastcategory: ['StageName'],
    forecastcategoryname: ['StageName'],
    isclosed: ['StageName'],
    iswon: ['StageName'],
  },
  campaign: {
    hierarchyactualcost: ['ActualCost'],
    hierarchybudgetedcost: ['BudgetedCost'],
    hierarchyexpectedrevenue: ['ExpectedRevenue'],
    hierarchynumbersent: ['NumberSent'],
  },
  case: { isclosed: ['Status'] },
  task: { isclosed: ['Status'] },
  lead: { isconverted: ['Status'] },
};

const leads: readonly Reached[] = [{ objectType: 'CampaignMember' }, { objectType: 'Lead' }];
const contacts: readonly Reached[] = [{ objectType: 'CampaignMember' }, { objectType: 'Contact' }];
const opportunities: readonly Reached[] = [{ objectType: 'Opportunity', field: 'CampaignId' }];
const amounts: readonly Reached[] = [...opportunities, { objectType: 'Opportunity', field: 'Amount' }];
const won: Reached = { objectType: 'Opportunity', field: 'StageName' };
const campaignTotals: Readonly<Record<string, readonly Reached[]>> = {
  numberofleads: leads,
  numberofconvertedleads: [...leads, { objectType: 'Lead', field: 'Status' }],
  numberofcontacts: contacts,
  numberofresponses: [{ objectType: 'CampaignMember', field: 'HasResponded' }],
  numberofopportunities: opportunities,
  numberofwonopportunities: [...opportunities, won],
  amountallopportunities: amounts,
  amountwonopportunities: [...amounts, won],
};
const forecastAmounts = [
  'ForecastAmount',
  'OwnerOnlyAmount',
  'AmountWithoutAdjustments',
  'AmountWithoutManagerAdjustment',
  'AmountWithoutOwnerAdjustment',
  'OwnerOnlyAmountWithoutAdjustments',
];

/**
 * Standard fields that Salesforce adds up or counts of records of other objects:
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaign.htm
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_forecastingitem.htm
 */
const totals: Readonly<Record<string, Readonly<Record<string, readonly Reached[]>>>> = {
  campaign: {
    ...campaignTotals,
    ...Object.fromEntries(Object.entries(campaignTotals).map(([name, of]) => [`hierarchy${name}`, of])),
  },
  forecastingitem: Object.fromEntries(
    forecastAmounts.map(name => [name.toLowerCase(), [{ objectType: 'Opportunity', field: 'Amount' }]]),
  ),
  opportunity: { hasopportunitylineitem: [{ objectType: 'OpportunityLineItem' }] },
  quote: {
    lineitemcount: [{ objectType: 'QuoteLineItem' }],
    ...Object.fromEntries(
      ['subtotal', 'totalprice', 'grandtotal', 'discount'].map(name => [
        name,
        [{ objectType: 'QuoteLineItem', field: 'TotalPrice' }],
      ]),
    ),
  },
  order: { totalamount: [{ objectType: 'OrderItem', field: 'TotalPrice' }] },
};

/** What of other objects a field adds up or counts, as far as Salesforce's own fields do; see `computedFrom` for an org's own. */
export function totalOf(objectType: string, { name }: Pick<FieldDescription, 'name'>): readonly Reached[] {
  return totals[objectType.toLowerCase()]?.[name.toLowerCase()] ?? [];
}

/**
 * The paths that a field is computed from; none for one that is entered. `unknown`: a roll-up summary, of which
 * Salesforce tells neither the child objects nor the field.
 */
export function computedFrom(
  objectType: string,
  { name, calculated, calculatedFormula, custom }: FieldDescription,
): readonly string[] | 'unknown' {
  if (calculatedFormula) return formulaPaths(calculatedFormula);
  const known = standard[objectType.toLowerCase()]?.[name.toLowerCase()];
  if (known) return known;
  return calculated && custom ? 'unknown' : [];
}
