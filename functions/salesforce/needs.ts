/**
 * What the Salesforce user must be given. Of a permission on an object its name is `<access> <object>`, which is what can be
 * known of a user beforehand.
 * https://help.salesforce.com/s/articleView?id=platform.users_profiles_object_perms.htm
 */
export const permissions = {
  ApiEnabled: 'API Enabled',
  'read Account': 'Read on accounts',
  'read Contact': 'Read on contacts',
  'read Lead': 'Read on leads',
  'read Opportunity': 'Read on opportunities',
  'read Case': 'Read on cases',
  'create Task': 'Edit Tasks',
  ConvertLeads: 'Convert Leads',
  'read Campaign': 'Read on campaigns',
  'create CampaignMember': 'Create on campaign members, which takes Marketing User',
  'read Pricebook2': 'Read on price books',
  'read PricebookEntry': 'Read on products and their prices',
  'create OpportunityLineItem': 'Edit on opportunities, for their products',
  'create Quote': 'Create on quotes',
  'create QuoteLineItem': 'Edit on quotes, for their products',
  'read ProcessInstance': 'Read on what is submitted for approval',
  ModifyAllRecords: 'Modify All on what is approved',
  'read Task': 'Access Activities',
  'read Event': 'Access Activities',
  'create Event': 'Edit Events',
  'create CaseComment': 'Edit on cases',
  EmailSingle: 'Send Email',
  RunReports: 'Run Reports',
} as const;

/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_tokens_scopes.htm */
export const scopes = {
  api: 'Manage user data via APIs',
  refresh_token: 'Perform requests at any time, with `jwt-bearer` or `caller`',
  id: 'Access the identity URL service, with `caller`',
} as const;

/** What an action needs that asks for records of an object. */
export function uses(...objects: Exclude<keyof typeof permissions, 'ApiEnabled'>[]) {
  return { permissions: ['ApiEnabled', ...objects], scopes: ['api'] } as const;
}
