// Alerts: those that Alertmanager has (`/api/v2/alerts`, `amtool alert query -o json`) and those of
// Prometheus (`/api/v1/alerts`, `/api/v1/rules`). No alerts are an answer, and a good one.

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

struct Alert {
  std::string name, severity, summary;
  std::string_view state;
  std::vector<std::string> labels;
  std::optional<std::string> started_at;
  std::uint32_t line = 0;
};

class Alerts {
 public:
  // Of one with the same labels the later one counts.
  void add(NodeRef node, std::string_view state, std::string_view since) {
    Alert out;
    out.line = node.line();
    out.state = state;
    std::string key;
    if (const auto labels = entry(node, "labels"); labels && labels->is(NodeKind::map)) {
      for (const NodeRef label : *labels) {
        if (!label.is(NodeKind::string)) continue;
        std::string text = std::string(label.key()).append("=\"").append(label.text()).append("\"");
        if (label.key() == "alertname") {
          out.name = label.text();
        } else if (label.key() == "severity") {
          out.severity = label.text();
        } else {
          out.labels.push_back(text);
        }
      }
      std::ranges::sort(out.labels);
    }
    for (const std::string& label : out.labels) key.append(label).append("\n");
    if (const auto annotations = entry(node, "annotations")) {
      for (const char* const name : {"summary", "description", "message"}) {
        if (out.summary.empty()) out.summary = text_at(*annotations, name);
      }
    }
    out.started_at = moment(text_at(node, since));
    std::string name = out.name + "\n" + out.severity;
    all_.insert_or_assign({std::move(name), std::move(key)}, std::move(out));
  }

  void has_rules() { broken_rules_ = broken_rules_.value_or(0); }
  void add_broken_rule() { broken_rules_ = broken_rules_.value_or(0) + 1; }

  // `untold` is the state that the tool does not have.
  void write(Facts& facts, std::string_view untold) const {
    std::map<std::string_view, std::int64_t> counts;
    std::int64_t critical = 0;
    for (const auto& [key, one] : all_) {
      ++counts[one.state];
      critical += one.state == "firing" && one.severity == "critical" ? 1 : 0;
    }
    for (const std::string_view state : {"firing", "pending", "suppressed"})
      state == untold ? facts.unknown(state) : facts.integer(state, counts[state]);
    facts.integer("critical", critical);
    broken_rules_ ? facts.integer("broken_rules", *broken_rules_) : facts.unknown("broken_rules");
    facts.open_list("alerts");
    for (const auto& [key, one] : all_) write(one, facts);
    facts.close();
  }

 private:
  static void write(const Alert& one, Facts& facts) {
    facts.open_map({}, one.line);
    facts.text("name", one.name, one.line);
    if (!one.severity.empty()) facts.text("severity", one.severity, one.line);
    facts.text("state", one.state, one.line);
    if (!one.summary.empty()) facts.text("summary", one.summary, one.line);
    facts.open_list("labels", one.line);
    for (const std::string& label : one.labels) facts.text({}, label, one.line);
    facts.close();
    if (one.started_at) facts.text("started_at", *one.started_at, one.line);
    facts.close();
  }

  std::map<std::pair<std::string, std::string>, Alert> all_;
  std::optional<std::int64_t> broken_rules_;
};

// ---- Alertmanager ----

bool is_alertmanager_alert(NodeRef node) {
  return entry(node, "labels") && entry(node, "startsAt") && entry(node, "status", "state");
}

// One that has not been looked at yet is neither silenced nor inhibited so far.
std::string_view alertmanager_state(NodeRef alert) {
  return text_at(*entry(alert, "status"), "state") == "suppressed" ? "suppressed" : "firing";
}

// ---- Prometheus ----

// "" of a state that is not known.
std::string_view prometheus_state(NodeRef alert) {
  const std::string_view state = text_at(alert, "state");
  return state == "firing" || state == "pending" ? state : "";
}

template <class Visit>
void each_rule(NodeRef data, const Visit& visit) {
  const auto groups = list_at(data, "groups");
  if (!groups) return;
  for (const NodeRef group : *groups) {
    const auto rules = list_at(group, "rules");
    if (!rules) continue;
    for (const NodeRef rule : *rules) visit(rule);
  }
}

bool add_alerts_of(const Documents& documents, const Opened& file, NodeRef holder, Alerts& out) {
  const auto list = list_at(holder, "alerts");
  if (!list) return true;
  for (const NodeRef alert : *list) {
    const std::string_view state = prometheus_state(alert);
    if (state.empty()) {
      documents.fail(file, alert.line(), "`firing` or `pending` as the state of an alert",
                     "`" + std::string(text_at(alert, "state")) + "`");
      return false;
    }
    out.add(alert, state, "activeAt");
  }
  return true;
}

}  // namespace

bool recognise_alertmanager(Opened& file) {
  const inputs::Document* document = file.json();
  if (document == nullptr || !document->root().is(NodeKind::list)) return false;
  const NodeRef root = document->root();
  return root.size() == 0 || is_alertmanager_alert(*root.begin());
}

void read_alertmanager(const Documents& documents, Facts& facts) {
  Alerts alerts;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    for (const NodeRef one : root) {
      if (!is_alertmanager_alert(one))
        return documents.fail(file, one.line(), "an alert with `labels`, `startsAt` and `status`",
                              "another");
      alerts.add(one, alertmanager_state(one), "startsAt");
    }
  }
  alerts.write(facts, "pending");
}

bool recognise_prometheus_alerts(Opened& file) {
  const inputs::Document* document = file.json();
  if (document == nullptr || text_at(document->root(), "status") != "success") return false;
  const auto data = entry(document->root(), "data");
  if (!data) return false;
  if (list_at(*data, "alerts")) return true;
  const auto groups = list_at(*data, "groups");
  return groups && (groups->size() == 0 || list_at(*groups->begin(), "rules"));
}

void read_prometheus_alerts(const Documents& documents, Facts& facts) {
  Alerts alerts;
  for (Opened& file : documents.files) {
    const NodeRef data = *entry(file.json()->root(), "data");
    bool sound = add_alerts_of(documents, file, data, alerts);
    if (list_at(data, "groups")) alerts.has_rules();
    each_rule(data, [&](NodeRef rule) {
      // One that was not evaluated yet has the health `unknown`.
      if (text_at(rule, "health") == "err") alerts.add_broken_rule();
      sound = sound && add_alerts_of(documents, file, rule, alerts);
    });
    if (!sound) return;
  }
  alerts.write(facts, "suppressed");
}

}  // namespace dpol::sources
