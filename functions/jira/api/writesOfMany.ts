import { Failure } from '../../../shared/failure.ts';
import type { Clock } from '../../../shared/time/when.ts';
import type { JiraClient } from './client.ts';
import type { Issue } from './issue.ts';
import type { Metadata } from './metadata.ts';
import type { People } from './people.ts';
import type { Planning } from './planning.ts';
import type { SprintMeant } from './sprintMeant.ts';

/** What a write of many issues stands on. */
export interface WritesOfMany {
  client: JiraClient;
  people: People;
  planning: Planning;
  metadata: Metadata;
  clock: Clock;
  sprintMeant: SprintMeant;
  getIssue(issueKey: string, options: { fields: string[] }): Promise<Issue>;
  browseUrl(issueKey: string): string;
}

/** A failure of one of them, which does not keep the others from being done. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}
