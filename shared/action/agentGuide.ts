/**
 * How an agent works well with a system's actions, beside what their descriptions say. It is the export `agent` of
 * `functions/<system>/agent.ts`, which tools load by that name and the app never. A line is told to agents that have all of
 * the actions that it is about, so that one guide serves every choice of toolsets.
 */
export interface AgentGuide {
  /** What to do for which question: whole sentences that name actions as they are declared. */
  practices: readonly GuideLine[];
  /** Questions that people start with, the best first; `title` is what the tile says. */
  starters: readonly (GuideLine & { title: string })[];
}

export interface GuideLine {
  /** The names of the actions without which it makes no sense. */
  actions: readonly string[];
  text: string;
}
