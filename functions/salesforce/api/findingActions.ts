/** By which action the records of an object are found; others by searchRecords. */
const finders: Readonly<Record<string, string>> = {
  Account: 'findAccounts',
  Case: 'findCases',
  Contact: 'findContacts',
  Group: 'findOrgUsers',
  Lead: 'findLeads',
  Opportunity: 'findOpportunities',
  User: 'findOrgUsers',
};

/** The actions that find records of these objects: `findAccounts or findContacts`. */
export function findingActions(objectTypes: readonly string[]): string {
  return [...new Set(objectTypes.map(name => finders[name] ?? 'searchRecords'))].join(' or ');
}
