// Our own model of how mod_callcenter goes through the tiers of a queue for one member in one pass (agents_callback, by its rules and
// not by its text): which agents may be asked, whatever they do at that moment.
export interface TieredAgent {
  readonly agent: string;
  readonly level: number;
  readonly isLoggedIn: boolean;
}

export interface TierRuleSettings {
  readonly waitSeconds: number;
  readonly multiplyByLevel: boolean;
  readonly noAgentNoWait: boolean;
}

/**
 * The agents that the pass reaches.
 * @param waited whole seconds since the member joined
 */
export function agentsReached(
  agents: readonly TieredAgent[],
  waited: number,
  rules: TierRuleSettings,
): readonly string[] {
  const reached: string[] = [];
  let level = 0;
  for (const one of agents.filter((agent) => agent.isLoggedIn).sort((a, b) => a.level - b.level)) {
    if (one.level > level) {
      const isFirst = reached.length === 0;
      const needed = rules.multiplyByLevel ? one.level * rules.waitSeconds : rules.waitSeconds;
      if (!(rules.noAgentNoWait && isFirst) && waited < needed) return reached;
      level = one.level;
    }
    reached.push(one.agent);
  }
  return reached;
}
