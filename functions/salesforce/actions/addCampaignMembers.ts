import * as z from 'zod';
import { anyName } from '../../../shared/filter/inputs.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { counted } from '../api/counted.ts';
import { searchText } from '../api/inputs.ts';
import { addMembers } from '../api/sales/campaignMembers.ts';
import { namedRecord, nameOf } from '../api/sales/namedRecord.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'addCampaignMembers',
  toolset: 'salesforce-sales',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses('read Campaign', 'read Contact', 'read Lead', 'create CampaignMember'),
  title: 'Add people to a campaign',
  description:
    "Adds contacts and leads to a Salesforce campaign, as this service's Salesforce user, all of them or none; who is a member already is told and left as they are. " +
    'Use it for those who were invited or came. For how a campaign does use getCampaign.',
  input: z.object({
    campaign: searchText.meta({
      description: 'The campaign: its name or ID.',
      names: 'campaign',
      mayMatchSeveral: true,
    }),
    people: anyName.transform(nameList).meta({
      description:
        'Contacts and leads, at most 100: names, e-mail addresses or IDs, separated by commas; an account for all its contacts, without those of its subsidiaries.',
      mayMatchSeveral: true,
    }),
    status: searchText
      .optional()
      .describe("Their status, one of the campaign's own, which getCampaign tells; its default unless given."),
  }),
  output: z.object({
    summary: summary('How many were added, and how many were members already.'),
    campaignId: id('The ID of the campaign.'),
    campaign: heading('Its name.'),
    status: z.string().optional().describe('The status of those that were added.'),
    added: z.array(z.string()).describe('Who was added, with contact or lead.'),
    already: z.array(z.string()).optional().describe('Who was a member already, with their status.'),
    note: z.string().optional().describe('What the user should know.'),
    url: link('The address of the campaign in Salesforce.'),
  }),
  example: { campaign: 'Autumn Webinar', people: 'Sam Peters, kwame.mensah@prospect.example' },
  requests: 40,
  async run({ campaign: given, people, status }, { salesforce }) {
    const campaign = await namedRecord(salesforce, { objectType: 'Campaign', given, input: 'campaign' });
    const {
      added,
      already,
      accounts,
      status: now,
    } = await addMembers(salesforce, { campaignId: campaign.Id, people, status });
    const were = already.length > 0 ? ` ${counted(already.length, ['was a member', 'were members'])} already.` : '';
    return {
      summary: `${counted(added.length, ['person was', 'people were'])} added to ${nameOf(campaign)}.${were}`,
      campaignId: campaign.Id,
      campaign: nameOf(campaign),
      ...(added.length > 0 && { status: now }),
      added,
      ...(already.length > 0 && { already }),
      ...(accounts.length > 0 && { note: `${accounts.join('; ')}, without those of its subsidiaries.` }),
      url: salesforce.recordUrl('Campaign', campaign.Id),
    };
  },
});
