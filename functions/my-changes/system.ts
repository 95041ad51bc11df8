import { defineSystem } from '../../shared/action/defineSystem.ts';
import { settings } from './settings.ts';

/** It belongs to no vendor: it tells each user what this service did in their name. */
export const myChanges = defineSystem({
  name: 'my-changes',
  title: 'My changes',
  about: 'My changes holds what was done through this service in the name of the user who asks.',
  advice: 'For what was changed in the name of the user, whatever the system, use listMyChanges.',
  toolsets: { 'my-changes': 'What was done in my name' },
  settings,
  secrets: {},
  open: async parts => (await import('./api/myChanges.ts')).openMyChanges(parts),
});
