#include "cli/baseline_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "runtime/program/quantity.h"
#include "runtime/program/time_text.h"
#include "runtime/reports/text.h"

namespace dpol::cli {
namespace {

using program::KeptBaseline;
using reports::safe;
using Json = nlohmann::ordered_json;

std::string age_of(const KeptBaseline& kept, std::int64_t now) {
  std::int64_t age = 0;
  if (__builtin_sub_overflow(now, kept.at, &age)) return "of another age";
  return program::format_value(program::time_to_decimal(age), program::Type::duration(), program::NoUnits());
}

bool are_together(const KeptBaseline& a, const KeptBaseline& b) {
  return std::tie(a.name, a.service, a.version, a.environment, a.at) ==
         std::tie(b.name, b.service, b.version, b.environment, b.at);
}

std::string heading(const KeptBaseline& kept, std::int64_t now) {
  std::string out = kept.name.empty() ? "baseline" : "baseline " + safe(kept.name);
  const char* between = " of ";
  for (const std::string* part : {&kept.service, &kept.version, &kept.environment}) {
    if (part->empty()) continue;
    out += between + safe(*part);
    between = " ";
  }
  return out + ", " + program::format_time(kept.at) +
         (kept.at == now ? "" : ", " + age_of(kept, now) + " old") + "\n";
}

}  // namespace

std::string baselines_as_text(const std::vector<KeptBaseline>& kept, std::int64_t now) {
  std::size_t width = 0;
  for (const KeptBaseline& one : kept) width = std::max(width, one.metric.size());
  width = std::min<std::size_t>(width, 40);
  std::string out;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (i == 0 || !are_together(kept[i - 1], kept[i])) out += heading(kept[i], now);
    out += fmt::format("  {:<{}}  {}\n", safe(kept[i].metric), width, safe(program::kept_text(kept[i])));
  }
  return out.empty() ? "no baseline is kept\n" : out;
}

std::string baselines_as_json(const std::vector<KeptBaseline>& kept, std::int64_t now) {
  Json rows = Json::array();
  for (const KeptBaseline& one : kept) {
    rows.push_back({{"name", one.name.empty() ? Json() : Json(one.name)},
                    {"metric", one.metric},
                    {"value", one.value.to_string()},
                    {"unit", one.unit},
                    {"text", program::kept_text(one)},
                    {"service", one.service},
                    {"version", one.version},
                    {"environment", one.environment},
                    {"at", program::format_time(one.at)},
                    {"age", age_of(one, now)}});
  }
  const Json out = {{"schema", "dpol.baselines/1"}, {"baselines", std::move(rows)}};
  // What was kept may hold any bytes.
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dpol::cli
