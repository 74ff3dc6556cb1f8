/** Prometheus metrics, read from plain counters when they are scraped: the hot path pays an increment. */
import { metrics } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { budgetCounts } from '../budget/budget-counts.js'
import { traffic } from '../relay/traffic.js'
import { logins } from './login-counts.js'

export interface ProxyGauges {
  readonly sessions: () => number
  readonly waiting: () => number
  readonly evicted: () => number
  readonly strangers: () => number
  readonly staleSecrets: () => number
  readonly budgets: () => number
  readonly credentials: () => number
  readonly verdicts: { readonly counts: { readonly hits: number; readonly misses: number; readonly evictions: number }; readonly bytes: number; readonly bytesMax: number; readonly entries: number }
  readonly appliedSeq: () => number
  readonly eventsApplied: () => number
  readonly untrusted: () => number
  readonly fenced: () => boolean
  readonly leaseLosses: () => number
  readonly secondsSinceControlPlane: () => number
}

/** @returns renders the metrics as Prometheus text */
export function startMetrics(gauges: ProxyGauges): () => Promise<string> {
  const reader = new PrometheusExporter({ preventServerStart: true })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  const meter = metrics.getMeter('pgbeam.proxy')
  const gauge = (name: string, description: string, read: () => number) => {
    meter.createObservableGauge(name, { description }).addCallback((result) => {
      result.observe(read())
    })
  }
  const counter = (name: string, description: string, read: () => number) => {
    meter.createObservableCounter(name, { description }).addCallback((result) => {
      result.observe(read())
    })
  }
  gauge('pgbeam_sessions', 'Sessions open now', gauges.sessions)
  gauge('pgbeam_unauthenticated_connections', 'Connections that have not logged in yet', gauges.waiting)
  counter('pgbeam_unauthenticated_evictions', 'Connections closed to make room for newer ones before they logged in', gauges.evicted)
  counter('pgbeam_unproven_logins_over_bound', 'Logins that came when too many had proved nothing: no name was looked up for them', gauges.strangers)
  counter('pgbeam_stale_secret_attempts', 'Logins with the secret from before a rotation', gauges.staleSecrets)
  gauge('pgbeam_budget_meters', 'Credentials and applications whose budgets are counted here', gauges.budgets)
  counter('pgbeam_budget_refusals', 'Statements and results refused since a budget was spent', () => budgetCounts.refused)
  counter('pgbeam_budget_unknown', 'Statements and results refused since nobody could say what was left of a budget', () => budgetCounts.unknown)
  counter('pgbeam_budget_results_cut', 'Results that ended in the middle since the budget of bytes was spent', () => traffic.resultsCut)
  counter('pgbeam_budget_questions', 'Questions to the control plane for shares of budgets', () => budgetCounts.asked)
  counter('pgbeam_budget_questions_unanswered', 'Those of them that got no answer that could be used', () => budgetCounts.unanswered)
  gauge('pgbeam_credentials_cached', 'Credentials known to this proxy', gauges.credentials)
  const { verdicts } = gauges
  counter('pgbeam_verdict_cache_hits', 'Statements whose verdict was remembered', () => verdicts.counts.hits)
  counter('pgbeam_verdict_cache_misses', 'Statements that were decided', () => verdicts.counts.misses)
  counter('pgbeam_verdict_cache_evictions', 'Verdicts that made room for others', () => verdicts.counts.evictions)
  gauge('pgbeam_verdict_cache_bytes', 'Memory that remembered verdicts take', () => verdicts.bytes)
  gauge('pgbeam_verdict_cache_bytes_max', 'Memory that they may take', () => verdicts.bytesMax)
  gauge('pgbeam_verdict_cache_entries', 'Verdicts remembered', () => verdicts.entries)
  gauge('pgbeam_enforcement_applied_seq', 'Last enforcement event applied', gauges.appliedSeq)
  counter('pgbeam_enforcement_events', 'Enforcement events applied, each once', gauges.eventsApplied)
  gauge('pgbeam_fenced', '1 while the lease is over and nothing is served', () => Number(gauges.fenced()))
  counter('pgbeam_lease_losses', 'How often the lease ran out', gauges.leaseLosses)
  counter('pgbeam_untrusted_messages', 'NATS messages that the control plane did not sign', gauges.untrusted)
  gauge('pgbeam_control_plane_silence_seconds', 'Time since the control plane last answered', gauges.secondsSinceControlPlane)
  counter('pgbeam_statements', 'Statements judged', () => traffic.statements)
  counter('pgbeam_refusals', 'Statements refused', () => traffic.refusals)
  counter('pgbeam_truncations', 'Answers and cursors that max_rows cut', () => traffic.truncations)
  counter('pgbeam_writes_rolled_back', 'Writes that affected more rows than max_affected_rows', () => traffic.rolledBack)
  counter('pgbeam_client_bytes_received', 'Bytes read from clients after login', () => traffic.bytesFromClients)
  counter('pgbeam_client_bytes_sent', 'Bytes passed on to clients after login', () => traffic.bytesToClients)
  counter('pgbeam_logins_succeeded', 'Sessions opened', () => logins.succeededTotal)
  meter.createObservableCounter('pgbeam_logins_failed', { description: 'Logins refused or failed, by code' }).addCallback((result) => {
    for (const [code, count] of logins.failedByCode) result.observe(count, { code })
  })
  gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())
  const serializer = new PrometheusSerializer()
  return async () => serializer.serialize((await reader.collect()).resourceMetrics)
}
