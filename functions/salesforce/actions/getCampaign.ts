import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { money } from '../api/amounts.ts';
import { isHidden } from '../api/answerFailure.ts';
import { searchText } from '../api/inputs.ts';
import { currencyOf, namedRecord, nameOf, numberAt, textAt } from '../api/sales/namedRecord.ts';
import { soql } from '../api/soql.ts';
import { currencyField } from '../api/visibleFields.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** Salesforce's own roll-ups, by what they are called here. */
const counts = {
  sent: ['NumberSent', 'How many it was sent to.'],
  leads: ['NumberOfLeads', 'How many leads are members.'],
  convertedLeads: ['NumberOfConvertedLeads', 'How many of the leads were converted.'],
  contacts: ['NumberOfContacts', 'How many contacts are members.'],
  responses: ['NumberOfResponses', 'How many members have responded.'],
  opportunities: ['NumberOfOpportunities', 'How many opportunities came from it.'],
  wonOpportunities: ['NumberOfWonOpportunities', 'How many of them were won.'],
  opportunityAmount: ['AmountAllOpportunities', 'What the opportunities are worth.'],
  wonAmount: ['AmountWonOpportunities', 'What the won ones are worth.'],
  budgetedCost: ['BudgetedCost', 'What it was to cost.'],
  actualCost: ['ActualCost', 'What it cost.'],
  expectedRevenue: ['ExpectedRevenue', 'What it was to bring.'],
} as const;
type Count = keyof typeof counts;

const figures = Object.entries(counts).map(([name, [field, description]]) => ({ name, field, description }));
const figuresShape = Object.fromEntries(
  figures.map(({ name, description }) => [name, z.number().optional().describe(description)]),
) as Record<Count, z.ZodOptional<z.ZodNumber>>;

export default salesforce.action({
  name: 'getCampaign',
  toolset: 'salesforce-sales',
  access: 'read',
  needs: uses('read Campaign'),
  title: 'See how a campaign does',
  description:
    'Tells how a Salesforce campaign does by its name: members by status, responses, leads, opportunities, won revenue and cost, as Salesforce counts them. ' +
    'Use it when the user asks about a campaign. To add people to it use addCampaignMembers.',
  input: z.object({
    campaign: searchText.meta({
      description: 'The campaign: its name or ID.',
      names: 'campaign',
      mayMatchSeveral: true,
    }),
  }),
  output: z.object({
    summary: summary('How it does, in a sentence.'),
    campaignId: id('The ID of the campaign.'),
    name: heading('Its name.'),
    type: z.string().optional().describe('Its type, such as Webinar.'),
    status: z.string().optional().describe('Its status, such as Completed.'),
    startDate: z.string().optional().describe('The day on which it starts.'),
    endDate: z.string().optional().describe('The day on which it ends.'),
    owner: z.string().optional().describe('Its owner.'),
    ...figuresShape,
    currency: z.string().optional().describe('The ISO code of the currency of all amounts.'),
    members: z
      .array(z.object({ status: z.string().describe('A status.'), count: z.number().describe('How many have it.') }))
      .optional()
      .describe('The members by status.'),
    url: link('Its address in Salesforce.'),
  }),
  example: { campaign: 'Autumn Webinar' },
  async run({ campaign: given }, { salesforce }) {
    const record = await namedRecord(salesforce, {
      objectType: 'Campaign',
      given,
      input: 'campaign',
      fields: ['EndDate', 'Owner.Name', ...figures.map(({ field }) => field), currencyField],
    });
    const members = await salesforce
      .query(
        soql`SELECT Status, COUNT(Id) members FROM CampaignMember WHERE CampaignId = ${record.Id} GROUP BY Status ORDER BY COUNT(Id) DESC LIMIT 100`,
      )
      .catch((error: unknown) => {
        if (error instanceof Failure && isHidden(error)) return undefined;
        throw error;
      });
    const currency = currencyOf(record, salesforce);
    const shown = Object.fromEntries(
      figures.flatMap(({ name, field }) => {
        const value = numberAt(record, field);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const of = (name: Count) => (shown[name] === undefined ? undefined : shown[name]);
    const told = [
      of('responses') !== undefined && `${of('responses')} responses`,
      of('leads') !== undefined && `${of('leads')} leads`,
      of('opportunities') !== undefined &&
        `${of('opportunities')} opportunities${of('opportunityAmount') ? ` worth ${money(of('opportunityAmount') ?? 0, currency)}` : ''}`,
      of('wonOpportunities') !== undefined &&
        `${of('wonOpportunities')} won${of('wonAmount') ? ` for ${money(of('wonAmount') ?? 0, currency)}` : ''}`,
    ].filter(Boolean);
    const texts = { type: 'Type', status: 'Status', startDate: 'StartDate', endDate: 'EndDate', owner: 'Owner.Name' };
    return {
      summary: `${nameOf(record)}${told.length > 0 ? ` has ${told.join(', ')}` : ' tells no figures'}.`,
      campaignId: record.Id,
      name: nameOf(record),
      ...Object.fromEntries(
        Object.entries(texts).flatMap(([name, path]) => {
          const text = textAt(record, path);
          return text === undefined ? [] : [[name, text]];
        }),
      ),
      ...shown,
      ...(currency && { currency }),
      ...(members && {
        members: members.flatMap(row => {
          const [status, count] = [textAt(row, 'Status'), numberAt(row, 'members')];
          return count === undefined ? [] : [{ status: status ?? 'none', count }];
        }),
      }),
      url: salesforce.recordUrl('Campaign', record.Id),
    };
  },
});
