import type { System } from '../shared/action/defineSystem.ts';
import { jira } from './jira/system.ts';
import { salesforce } from './salesforce/system.ts';

/** Every system of the app. */
export const systems: readonly System[] = [jira, salesforce];
