import { Failure } from '../../../shared/failure.ts';

/**
 * What a policy's projects close is answered as what there is not: whoever may not see it is not told which of both it is.
 */

/** @param what How the caller named it, where several are named; it makes no other difference. */
export function closed(what = 'this project'): Failure {
  return new Failure(
    'forbidden',
    `A policy of this service's administrator does not open ${what} of Jira, or there is none. Say so to the user; trying again will not help.`,
  );
}

/** A key that an issue of an open project had, or never had, is the key of none. */
export function noIssue(issueKey: string): Failure {
  return new Failure('not_found', `There is no Jira issue ${issueKey} that this service may see. Check its key.`);
}
