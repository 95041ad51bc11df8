import type { Salesforce } from '../salesforce.ts';
import { soql } from '../soql.ts';
import type { Audience } from './inputs.ts';

/**
 * The most characters of a comment.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_casecomment.htm
 */
export const MAX_COMMENT = 4_000;

export interface WrittenCaseComment {
  commentId: string;
  /** What Salesforce made of it; undefined where that could not be read. */
  audience: Audience | undefined;
  /** What the user must be told. */
  notes: string[];
}

/** Who may read a comment, by its field IsPublished. */
export function audienceOf(isPublished: unknown): Audience | undefined {
  if (typeof isPublished !== 'boolean') return undefined;
  return isPublished ? 'public' : 'internal';
}

/**
 * Adds a comment, as plain text, to the case with an ID, and reads back who may read it. Two requests.
 * @throws Failure what Salesforce refuses
 */
export async function addCaseComment(
  salesforce: Salesforce,
  caseId: string,
  text: string,
  audience: Audience,
): Promise<WrittenCaseComment> {
  const commentId = await salesforce.create('CaseComment', {
    ParentId: caseId,
    CommentBody: text,
    IsPublished: audience === 'public',
  });
  const made = await salesforce.readBack(
    soql`SELECT Id, IsPublished FROM CaseComment WHERE Id = ${commentId}`,
    ({ IsPublished }) => audienceOf(IsPublished),
  );
  return { commentId, audience: made, notes: notesOn(audience, made) };
}

function notesOn(wanted: Audience, audience: Audience | undefined): string[] {
  if (audience === wanted) return [];
  if (audience === undefined) {
    return [`The comment was added as ${wanted}, but Salesforce did not confirm who reads it. Check it with getCase.`];
  }
  const reader = audience === 'public' ? 'the customer can read it' : 'the customer cannot read it';
  return [`Salesforce made the comment ${audience}, not ${wanted}: ${reader}. Tell the user at once.`];
}
