// Tier rules of a queue: how far down the levels a member may be offered already (mod_callcenter.c, agents_callback).

export interface TierRules {
  readonly tierRulesApply: boolean;
  readonly tierRuleWaitSeconds: number;
  readonly tierRuleWaitMultiplyLevel: boolean;
  readonly tierRuleNoAgentNoWait: boolean;
}

/**
 * How many of the groups of agents, tried in that order, a member may reach. The first group is reached at once only if nobody
 * is to be waited for (`tierRuleNoAgentNoWait`), as in mod_callcenter, where the walk begins below every level.
 * @param groups of agents that are logged in, in the order of the strategy
 */
export function reachableGroups(
  rules: TierRules,
  waitedSeconds: number,
  groups: readonly { readonly level: number; readonly agents: number }[],
): number {
  if (!rules.tierRulesApply) return groups.length;
  let level = 0;
  let agentsSeen = 0;
  for (const [i, group] of groups.entries()) {
    if (group.level > level) {
      const factor = rules.tierRuleWaitMultiplyLevel ? group.level : 1;
      if (!rules.tierRuleNoAgentNoWait || agentsSeen > 0) {
        if (waitedSeconds < factor * rules.tierRuleWaitSeconds) return i;
        agentsSeen = 0;
      }
      level = group.level;
    }
    agentsSeen += group.agents;
  }
  return groups.length;
}
