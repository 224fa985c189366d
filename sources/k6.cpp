// k6: the data of handleSummary, where values stand below `values` and a threshold says `ok`, and
// the older --summary-export, where they stand in the metric itself and a threshold that failed
// says true. `http_req_failed` is a rate of failures, so its `passes` are the requests that failed:
// the rate is read. Times are in milliseconds. Only the percentiles that were asked for are there.

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/load.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

class K6 {
 public:
  explicit K6(NodeRef root) : root_(root), metrics_(*entry(root, "metrics")) {}

  void write(Facts& facts) const {
    // A test of gRPC has no requests of HTTP.
    const bool grpc = !metric("http_req_duration") && metric("grpc_req_duration");
    const std::string_view requests = grpc ? "iterations" : "http_reqs";
    const std::string_view times = grpc ? "grpc_req_duration" : "http_req_duration";
    LoadReport report;
    set(report, "requests", value(requests, "count"));
    set(report, "rate", value(requests, "rate"));
    set(report, "error_ratio", value("http_req_failed", "rate", "value"));
    set(report, "latency_avg", value(times, "avg"), "ms");
    set(report, "latency_p50", value(times, "med", "p(50)"), "ms");
    set(report, "latency_p90", value(times, "p(90)"), "ms");
    set(report, "latency_p95", value(times, "p(95)"), "ms");
    set(report, "latency_p99", value(times, "p(99)"), "ms");
    set(report, "latency_max", value(times, "max"), "ms");
    set(report, "checks_ratio", value("checks", "rate", "value"));
    set(report, "duration", entry(root_, "state", "testRunDurationMs"), "ms");
    set(report, "users_max", value("vus_max", "max", "value"));
    report.set("failed_thresholds", program::Decimal::from_int64(failed_thresholds()));
    report.write(facts);
  }

 private:
  std::optional<NodeRef> metric(std::string_view name) const { return entry(metrics_, name); }

  std::optional<NodeRef> value(std::string_view name, std::string_view key,
                               std::string_view older = {}) const {
    const auto found = metric(name);
    if (!found) return std::nullopt;
    const NodeRef values = entry(*found, "values").value_or(*found);
    if (const auto known = entry(values, key)) return known;
    return older.empty() ? std::nullopt : entry(values, older);
  }

  static void set(LoadReport& report, std::string_view fact, const std::optional<NodeRef>& node,
                  std::string_view unit = {}) {
    const auto known =
        node && node->is(NodeKind::number) ? program::Decimal::parse(node->text()) : std::nullopt;
    if (known) report.set(fact, *known, unit, node->line());
  }

  std::int64_t failed_thresholds() const {
    std::int64_t failed = 0;
    for (const NodeRef one : metrics_) {
      const auto thresholds = entry(one, "thresholds");
      if (!thresholds || !thresholds->is(NodeKind::map)) continue;
      for (const NodeRef threshold : *thresholds) {
        const auto ok = entry(threshold, "ok");
        const bool said = ok && ok->is(NodeKind::boolean)
                              ? !ok->truth()
                              : threshold.is(NodeKind::boolean) && threshold.truth();
        failed += said ? 1 : 0;
      }
    }
    return failed;
  }

  NodeRef root_;
  NodeRef metrics_;
};

}  // namespace

bool recognise_k6(Opened& file) {
  const inputs::Document* document = file.json();
  if (document == nullptr) return false;
  const auto metrics = entry(document->root(), "metrics");
  return metrics && metrics->is(NodeKind::map) &&
         (entry(*metrics, "iterations") || entry(*metrics, "http_reqs")) &&
         (entry(*metrics, "data_received") || entry(*metrics, "iteration_duration"));
}

void read_k6(const Documents& documents, Facts& facts) {
  if (documents.files.size() != 1) {
    return documents.fail(documents.files.back(), 0, "one summary",
                          "several: percentiles of several runs cannot be put together");
  }
  K6(documents.files.front().json()->root()).write(facts);
}

}  // namespace dpol::sources
