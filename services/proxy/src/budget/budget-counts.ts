/** Plain counters, read when somebody asks for metrics. */
export const budgetCounts = {
  /** Statements and results that a spent budget refused. */
  refused: 0,
  /** Those refused since nobody could say how much is left. */
  unknown: 0,
  asked: 0,
  unanswered: 0,
}
