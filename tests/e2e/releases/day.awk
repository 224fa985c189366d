# A day of samples as NDJSON, from `from` (seconds since 1970) on: errors every minute, the rest every five minutes.
# -v from=… -v minutes=… -v errors="0.24%" -v p95=147ms …; what is not given is as of checkout-service 2.3.0.
function given(value, otherwise) { return value == "" ? otherwise : value }
BEGIN {
  errors = given(errors, "0.24%"); p50 = given(p50, "51ms"); p95 = given(p95, "147ms"); p99 = given(p99, "300ms")
  requests = given(requests, "1210/s"); cpu = given(cpu, "50%"); memory = given(memory, "1.2GB"); business = given(business, "1.4/s")
  for (i = 0; i <= minutes; ++i) {
    printf "{\"time\": %d, \"metrics\": {\"error_rate\": \"%s\"", from + 60 * i, errors
    if (i % 5 == 0) {
      printf ", \"latency_p50\": \"%s\", \"latency_p95\": \"%s\", \"latency_p99\": \"%s\", \"request_rate\": \"%s\"", p50, p95, p99, requests
      printf ", \"cpu\": \"%s\", \"cpu_throttled\": \"1%%\", \"memory\": \"%s\", \"memory_use\": \"60%%\", \"network_io\": \"41MB/s\"", cpu, memory
      printf ", \"health\": \"100%%\", \"pod_restarts\": 0, \"oom_kills\": 0, \"traffic_share\": \"100%%\", \"traffic_skew\": \"4%%\""
      printf ", \"db_latency_p95\": \"11ms\", \"db_errors\": \"0/s\", \"db_connections\": 185, \"pool_use\": \"55%%\", \"cache_hit_ratio\": \"93%%\""
      printf ", \"job_success\": \"99.9%%\", \"job_backlog\": 9, \"job_age\": \"5h\", \"external_success\": \"99.8%%\", \"dependents_error_rate\": \"0.2%%\""
      printf ", \"log_critical\": \"0/s\", \"log_warnings\": \"2/s\", \"log_rate\": \"300/s\", \"trace_rate\": \"96/s\", \"trace_error_ratio\": \"0.3%%\""
      printf ", \"business_rate\": \"%s\", \"payment_success\": \"98.7%%\", \"critical_reports\": 0, \"support_tickets\": \"3/h\", \"alerts_firing\": 0", business
    }
    print "}}"
  }
}
