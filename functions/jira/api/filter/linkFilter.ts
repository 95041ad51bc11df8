import { invalidInput } from '../../../../shared/failure.ts';
import type { Issue } from '../issue.ts';
import { jql } from '../jql.ts';
import type { Metadata } from '../metadata.ts';
import type { LinkType } from '../wire.ts';
import type { CompiledCondition } from './conditionJql.ts';

/** Issues by their links: `blocked` by one that is not done, `blocks` another, or linked to the issue with this key. */
export type LinkFilter = { kind: 'blocked' | 'blocks' } | { kind: 'to'; issueKey: string };

/**
 * JQL finds issues by the type of a link, and not by what the other issue is like: that is looked at in what it finds.
 * https://support.atlassian.com/jira-software-cloud/docs/jql-fields/
 * @throws Failure `invalid_input`
 */
export async function linkJql(filter: LinkFilter, metadata: Pick<Metadata, 'linkTypes'>): Promise<CompiledCondition> {
  if (filter.kind === 'to') return { jql: jql`issue IN linkedIssues(${filter.issueKey})` };
  const types = (await metadata.linkTypes()).filter(isBlocking);
  if (types.length === 0) {
    throw invalidInput([{ field: 'linked', message: 'This site has no type of link for issues that block others.' }]);
  }
  const side = filter.kind === 'blocked' ? 'inward' : 'outward';
  const phrases = [...new Set(types.map(type => type[side]))];
  const isMeant = ({ phrase, side: ownSide, issue }: Issue['links'][number]) =>
    ownSide === side && phrases.includes(phrase) && (filter.kind === 'blocks' || !issue.isDone);
  return {
    jql: jql`issueLinkType IN ${phrases}`,
    // A link to an issue that a policy closes is not shown, and so is not counted.
    passes: issue => issue.links.some(isMeant),
  };
}

/** Jira's own type is Blocks, "is blocked by"; a site may have renamed it, or have others. */
function isBlocking({ name, inward }: LinkType): boolean {
  return name.trim().toLowerCase() === 'blocks' || /\bblocked by\b/i.test(inward);
}
