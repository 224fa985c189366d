#include "runtime/inputs/queries.h"

#include <algorithm>
#include <set>

#include "runtime/program/quantity.h"
#include "runtime/program/time_text.h"
#include "runtime/vm/samples.h"

namespace dpol::inputs {

using program::CellClass;
using program::Decimal;
using program::Kind;
using program::MetricQuery;
using program::Opcode;
using program::QueryHole;
using program::QueryPart;
using program::Track;
using program::Value;
using vm::Instant;

namespace {

constexpr Instant kMillisecond = 1'000'000;
constexpr Instant kMinute = 60'000'000'000;
constexpr Instant kTenYears = Instant{10} * 365 * 24 * 60 * kMinute;

Instant floor_to(Instant time, Instant step) {
  const Instant rest = time % step;
  return time - (rest < 0 ? rest + step : rest);
}
Instant ceil_to(Instant time, Instant step) { return floor_to(time + step - 1, step); }

// As the text of a regular expression that matches it and nothing else.
std::string as_pattern(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

// Between these quotes. Nothing where no escape says it.
std::optional<std::string> in_query_quotes(std::string_view text, char quote) {
  if (quote == '`') {
    if (text.find('`') != std::string_view::npos) return std::nullopt;
    return std::string(text);
  }
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\' || c == quote) {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\x";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out;
}

class Units final : public program::UnitLookup {
 public:
  explicit Units(const program::Program& program) : program_(program) {}
  std::optional<std::size_t> find_unit(std::string_view name) const override {
    for (std::size_t i = 0; i < program_.unit_names.size(); ++i)
      if (program_.text(program_.unit_names[i]) == name) return i;
    return std::nullopt;
  }

 private:
  const program::Program& program_;
};

// A baseline by labels is no input of the program: it is read where it is needed.
std::set<std::uint32_t> compared_by_labels(const program::Program& program) {
  std::set<std::uint32_t> metrics;
  for (const program::Instruction& instruction : program.code) {
    if (instruction.op == Opcode::baseline) metrics.insert(instruction.d / program::kTrackCount);
  }
  return metrics;
}

// How far back any condition looks: in time, and in samples.
struct Reach {
  Instant time = 0;
  Instant samples = 0;
};
Reach reach_of(const program::Program& program) {
  Reach reach;
  const auto see_time = [&](std::uint32_t cell) {
    if (cell >= program.constants.size() || program.constants[cell].is_unknown()) return;
    reach.time = std::max(reach.time, vm::nanoseconds_above(program.constants[cell].as_number()));
  };
  for (const program::Instruction& instruction : program.code) {
    switch (instruction.op) {
      case Opcode::aggregate:
      case Opcode::for_time:
        see_time(instruction.b);
        break;
      case Opcode::for_samples:
      case Opcode::in_samples:
        reach.samples = std::max<Instant>(reach.samples, instruction.b);
        break;
      case Opcode::of_samples:
        reach.samples = std::max<Instant>(reach.samples, instruction.c);
        break;
      default:
        break;
    }
  }
  reach.time = std::min(reach.time, kTenYears);
  return reach;
}

class Planner {
 public:
  Planner(const program::Program& program, const vm::SnapshotBuilder& facts,
          const QueryMoments& moments)
      : program_(program), facts_(facts), moments_(moments), compared_(compared_by_labels(program)), reach_(reach_of(program)) {}

  void plan(std::uint32_t source, const std::function<bool(const MetricTarget&)>& is_brought) {
    source_ = source;
    for (const MetricQuery& query : program_.sources[source].queries) {
      const MetricTarget target = {query.metric, query.track};
      const bool is_baseline = query.track == Track::baseline;
      if (is_brought(target) || (is_baseline && !wants_baseline(query.metric))) continue;
      const std::string name =
          series_name(program_.text(program_.metrics[query.metric].name), query.track);
      auto text = filled(query, name);
      if (!text) continue;
      Query out;
      out.source = source;
      out.target = target;
      out.scale = scale_of(query);
      out.name = name;
      out.text = std::move(*text);
      add(query, std::move(out));
    }
  }

  QueryPlan take() { return std::move(plan_); }

 private:
  const std::string& source_name() const { return program_.text(program_.sources[source_].name); }

  bool wants_baseline(std::uint32_t metric) const {
    const program::Metric& info = program_.metrics[metric];
    return (info.baseline_input != program::kNone || compared_.contains(metric)) &&
           info.baseline.kind != program::BaselineRule::Kind::promoted;
  }

  Decimal scale_of(const MetricQuery& query) const {
    program::Quantity one;
    program::QuantityError error;
    if (query.unit == program::kNone) return Decimal::from_int64(1);
    const Units units(program_);
    const std::string text = "1" + program_.text(query.unit);
    if (!program::parse_quantity(text, program::QuantityStyle::input, units, one, error))
      return Decimal::from_int64(1);  // "1": as it is
    return one.value;
  }

  // Nothing, and a note, where a fact is not known.
  std::optional<std::string> filled(const MetricQuery& query, const std::string& name) {
    std::string text;
    for (const QueryPart& part : query.text) {
      if (part.hole == QueryHole::none) {
        text += program_.text(part.text);
        continue;
      }
      const Value value = facts_.given(part.input);
      std::string why;
      const auto word = value.is_unknown() ? std::nullopt : word_of(part, value, why);
      if (!word) {
        note(name + " is not asked for: " + program_.text(part.text) +
             (why.empty() ? " is unknown" : why));
        return std::nullopt;
      }
      text += *word;
    }
    return text;
  }

  std::optional<std::string> word_of(const QueryPart& part, Value value, std::string& why) const {
    const program::Type& type = program_.inputs[part.input].type;
    if (part.hole == QueryHole::number) return number_of(type, value.as_number(), why);
    const std::string text = text_of(type, value);
    if (text.empty()) {
      why = " is empty, and a query would mean all that have no such label";
      return std::nullopt;
    }
    const auto word = in_query_quotes(part.hole == QueryHole::pattern ? as_pattern(text) : text,
                                      static_cast<char>(part.quote));
    if (!word) why = " has a backtick, which nothing escapes in a raw text";
    return word;
  }

  std::string text_of(const program::Type& type, Value value) const {
    switch (program::cell_class(type)) {
      case CellClass::symbol:
        return facts_.symbols().text(value.as_id());
      case CellClass::semver:
        return facts_.semvers()[value.as_id()].to_string();
      case CellClass::ordinal:
        return program_.text(program_.enumerations[type.index].members[value.as_id()]);
      default:
        return value.as_number().to_string();
    }
  }

  // A duration as Prometheus writes it, which knows no parts of a millisecond.
  static std::optional<std::string> number_of(const program::Type& type, Decimal number,
                                              std::string& why) {
    if (!type.is_duration()) return number.to_string();
    const Instant time = vm::nanoseconds_below(number);
    if (time < kMillisecond || time > kTenYears) {
      why = " is no duration that can be asked for";
      return std::nullopt;
    }
    const Instant milliseconds = time / kMillisecond;
    if (milliseconds % 1000 != 0) return std::to_string(milliseconds) + "ms";
    return std::to_string(milliseconds / 1000) + "s";
  }

  Instant step_of(std::uint32_t metric) const {
    const Instant every = vm::spacing_of(program_.metrics[metric]).every;
    return every == 0 ? kMinute : std::max(ceil_to(every, kMillisecond), kMillisecond);
  }

  void add(const MetricQuery& query, Query out) {
    const Instant step = step_of(query.metric);
    const program::Metric& metric = program_.metrics[query.metric];
    const Instant now = floor_to(moments_.now, kMillisecond);
    const bool started = moments_.deployed_at && *moments_.deployed_at <= moments_.now;
    if (query.track == Track::baseline) {
      if (!started) return add_one(std::move(out), now);
      out.over_time = true;
      const Instant end = *moments_.deployed_at - 1;
      return add_range(std::move(out), end - vm::baseline_span(metric) + 1, end, step);
    }
    if (started) {
      // What asks about all versions asks of the time before T, too, which is the baseline.
      const bool before = query.of_all && wants_baseline(query.metric);
      const Instant from = *moments_.deployed_at - (before ? vm::baseline_span(metric) : 0);
      return add_range(std::move(out), from, now, step);
    }
    const Instant measured = moments_.measures ? vm::baseline_span(metric) : 0;
    const Instant reach =
        std::min(std::max({reach_.time, reach_.samples * step, measured}), kTenYears);
    if (reach == 0) return add_one(std::move(out), now);
    add_range(std::move(out), now - reach - step, now, step);
  }

  void add_one(Query query, Instant at) {
    query.from = query.to = floor_to(at, kMillisecond);
    plan_.queries.push_back(std::move(query));
  }

  void add_range(Query query, Instant from, Instant to, Instant step) {
    const Instant end = to;
    from = ceil_to(from, step);
    to = floor_to(to, step);
    if (from > to) return add_one(std::move(query), end);
    if ((to - from) / step >= kMostSamples * kMostParts) return refuse_length(query);
    query.step = step;
    for (; from <= to; from += kMostSamples * step) {
      query.from = from;
      query.to = std::min(to, from + (kMostSamples - 1) * step);
      plan_.queries.push_back(query);
    }
  }

  void refuse_length(const Query& query) {
    InputError error;
    error.file = "source " + source_name();
    error.found = "since " + program::format_time(moments_.deployed_at.value_or(moments_.now)) +
                  " " + query.name + " has more than " + std::to_string(kMostSamples * kMostParts) +
                  " samples";
    error.hint = "say --deployed-at, or --at, or take samples less often: `every 1m`";
    plan_.errors.push_back(std::move(error));
  }

  void note(std::string text) {
    plan_.notes.push_back({"source " + source_name(), 0, std::move(text)});
  }

  const program::Program& program_;
  const vm::SnapshotBuilder& facts_;
  const QueryMoments& moments_;
  std::set<std::uint32_t> compared_;  // metrics with labels whose baselines are read
  Reach reach_;
  std::uint32_t source_ = 0;
  QueryPlan plan_;
};

}  // namespace

QueryPlan plan_queries(const program::Program& program, const vm::SnapshotBuilder& facts,
                       const std::vector<std::uint32_t>& sources, const QueryMoments& moments,
                       const std::function<bool(const MetricTarget&)>& is_brought) {
  Planner planner(program, facts, moments);
  for (const std::uint32_t source : sources) planner.plan(source, is_brought);
  return planner.take();
}

}  // namespace dpol::inputs
