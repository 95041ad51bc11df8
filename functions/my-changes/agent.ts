import type { AgentGuide } from '../../shared/action/agentGuide.ts';

export const agent: AgentGuide = {
  practices: [
    {
      actions: ['listMyChanges'],
      text: 'When the user asks what was done for them, or whether something was done already, call listMyChanges before anything is repeated.',
    },
  ],
  starters: [
    { title: 'What did you change for me?', text: 'What did you change in my name today?', actions: ['listMyChanges'] },
  ],
};
