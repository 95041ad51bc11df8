import { Failure } from '../../../../shared/failure.ts';

/** What Jira does not tell whether another account may see or do it. */
export function notChecked(): Failure {
  return new Failure(
    'forbidden',
    'This service acts with the rights of the user, and Jira does not tell whether the user may see or do this. Say so to the user, who can do it in Jira itself; trying again will not help.',
  );
}
