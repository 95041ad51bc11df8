import { defineSystem } from '../../shared/action/defineSystem.ts';
import { secrets, settings } from './settings.ts';

export const helpdesk = defineSystem({
  name: 'helpdesk',
  title: 'Helpdesk',
  about: 'Helpdesk holds the tickets of customers.',
  advice: 'For finding tickets use findTickets, for all about one ticket use getTicket.',
  toolsets: { helpdesk: 'Tickets' },
  settings,
  secrets,
  open: async parts => (await import('./api/helpdesk.ts')).openHelpdesk(parts),
});
