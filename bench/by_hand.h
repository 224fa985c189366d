// by_hand: the forty rules of corpus/service.dpol as a C++ programmer would write them, over a struct
// with std::string and std::vector and doubles: the reference that evaluation is held against.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dpol::bench {

struct Pod {
  std::string status;
  double restarts = 0, cpu = 0, mem = 0, mem_limit = 0;
  bool ready = false;
};
struct Figures {
  double error_rate = 0, p50 = 0, p95 = 0, p99 = 0, rps = 0, cpu = 0, mem = 0, saturation = 0;
};
struct Service {
  double tier = 0;
  std::string env, version, strategy, region, author, approver, ticket;
  double hour = 0, dow = 0, approvals = 0;
  bool freeze = false, allow_migrations = false;
  Figures baseline, canary;
  double critical = 0, high = 0, medium = 0;
  double passed = 0, failed = 0, skipped = 0, total = 0, coverage = 0;
  double restart_count = 0, consecutive_failures = 0;
  std::string status;
  double migrations_pending = 0, backup_age_minutes = 0, replica_lag_s = 0;
  double alerts_critical = 0, alerts_warning = 0, error_budget_remaining = 0;
  bool runbook = false, rollback_plan = false, changelog = false;
  double dashboards = 0, monitoring_alerts = 0;
  std::string oncall;
  std::vector<Pod> pods;
};

// Reads the document with nlohmann/json, as most programs would.
Service parse_by_hand(const std::string& json);

// Bit i: rule i holds.
std::uint64_t judge_by_hand(const Service& service);

}  // namespace dpol::bench
