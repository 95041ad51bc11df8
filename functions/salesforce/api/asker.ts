import { invalidInput } from '../../../shared/failure.ts';
import { type SoqlToken, scopeClauses } from './soqlTokens.ts';

/**
 * Statements that mean whoever asks. Where every call runs as the integration user, they would be answered with what is
 * the integration user's, so they are refused.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_using_scope.htm
 */

/** These scopes are the same for everybody. */
const impersonal = new Set(['everything']);

/** What to use in place of an object or a field of which Salesforce keeps a version for each user. */
const instead: ReadonlyMap<string, string> = new Map(
  Object.entries({
    recentlyviewed: "WHERE LastModifiedDate = LAST_N_DAYS:7, with the object's own name",
    ownedcontentdocument: "ContentDocument WHERE Owner.Email = '…'",
    newsfeed: "the feed of a record, such as AccountFeed WHERE ParentId = '…'",
    lastvieweddate: 'LastModifiedDate or LastActivityDate',
    lastreferenceddate: 'LastModifiedDate or LastActivityDate',
  }),
);

/** @throws Failure `invalid_input` that says what to use, where a statement means its asker */
export function requireImpersonal(tokens: readonly SoqlToken[]): void {
  const scope = scopeClauses(tokens).find(({ name }) => !impersonal.has(name));
  if (scope) {
    throw refused(
      `USING SCOPE ${scope.name}`,
      "a condition that names the person, such as WHERE Owner.Email = 'ana@contoso.com'",
    );
  }
  for (const { kind, value } of tokens) {
    const name = kind === 'word' ? value.slice(value.lastIndexOf('.') + 1) : '';
    const other = instead.get(name.toLowerCase());
    if (other) throw refused(name, other);
  }
}

function refused(what: string, use: string) {
  const message = `${what} means whoever asks, which is the account of this service here and not the user. Use ${use}.`;
  return invalidInput([{ field: 'soql', message }]);
}
