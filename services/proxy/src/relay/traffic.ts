/** Plain counters of the relay, read when somebody asks for metrics: an increment is all that the hot path pays. */
export const traffic = {
  statements: 0,
  refusals: 0,
  resultsCut: 0,
  truncations: 0,
  rolledBack: 0,
  bytesFromClients: 0,
  bytesToClients: 0,
  sessionsOpened: 0,
  sessionsEnded: 0,
}
