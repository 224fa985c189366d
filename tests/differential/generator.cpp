#include "tests/differential/generator.h"

#include <algorithm>

#include "runtime/program/quantity.h"

namespace dpol::test {

using program::Decimal;
using program::Fault;
using program::Kind;
using program::Value;

namespace {

constexpr vm::Instant kStart = 1'739'455'200'000'000'000;  // 2025-02-13T14:00:00Z
constexpr vm::Instant kSecond = 1'000'000'000;

// The kinds of numbers that expressions are made of.
enum class Sort { integer, number, ratio, points, duration, bytes, orders };
constexpr int kSorts = 7;

// ---- the policy ----

class PolicyText {
 public:
  explicit PolicyText(Random& random) : random_(random) {}

  std::string write() {
    std::string out = declarations();
    for (std::uint64_t i = 0; i < kPoliciesAtOnce; ++i) out += policy("p" + std::to_string(i));
    return out;
  }

 private:
  std::string policy(const std::string& name) {
    waivable_.clear();
    std::string out = "policy " + name + " \"Policy\" {\n";
    if (random_.chance(15)) out += "  applies only if " + facts_only_bool(2) + "\n";
    kept_ = random_.chance(15);
    if (kept_) out += "  baseline " + random_.pick<std::string>({"good", "other"}) + "\n";
    const std::uint64_t rules = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < rules; ++i) out += "  " + rule() + "\n";
    if (random_.chance(50)) out += phase();
    if (random_.chance(50)) out += rollouts();
    for (const std::string& id : waivable_) out += waiver(id);
    return out + "}\n";
  }
  std::string waiver(const std::string& id) {
    return "  waiver " + id + " for " + random_.pick<std::string>({"s1 \"a\"", "b1 true", "e2 red, b2 false"}) + " until " +
           random_.pick<std::string>({"2025-02-13T14:05:00Z", "2026-12-31"}) + " by " +
           random_.pick<std::string>({"\"a\"", "\"b\""}) + " because \"why\"\n";
  }

  std::string declarations() {
    const std::string service = random_.chance(30) ? "facts { service string }\n" : "";
    return service + R"(unit order
role eng from ["a", "b", "ab1"]
role on_call from words
role boss from s1
role anyone
enum color red | green | blue
record pod { name string  phase string  restarts int  ready bool  cpu ratio  started? time }
facts {
  b1 bool  b2 bool  i1 int  i2 int  f1 float  f2 float  r1 ratio  r2 ratio  p1 points  d1 duration  d2 duration
  y1 bytes  y2 bytes  o1 order  o2 order  s1 string  s2 string  e1 ordered low < mid < high  e2 color  v1 semver  v2 semver
  t1 time  rolled_back_at? time  oi? int  od? duration  ob? bool  os? string
  pods list of pod  words list of string  sizes map of int
}
)" + metric("m_i", "int") + metric("m_r", "ratio") + metric("m_d", "duration") + metric("m_y", "bytes") +
           metric("m_o", "order") + metric("l_n", "int", "pod") + metric("l_i", "int", "pod") +
           metric("l_d", "duration", "pod") + metric("l_r", "ratio", "zone, node");
  }

  std::string metric(const std::string& name, const std::string& type, const std::string& labels = "") {
    std::string out = "metric " + name + " " + type;
    if (random_.chance(40)) {
      out += random_.chance(50) ? " lower is better" : " higher is better";
      directed_.push_back(name);
    }
    if (random_.chance(60)) out += " every " + random_.pick<std::string>({"30s", "1m", "90s"});
    if (random_.chance(40)) out += " stale after " + random_.pick<std::string>({"1m", "2m", "10m"});
    if (random_.chance(25) && type == "ratio") out += " within 0%..200%";
    if (random_.chance(25)) out += " baseline " + random_.pick<std::string>({"median", "avg", "max", "p90"}) + " over " +
                                   random_.pick<std::string>({"5m", "1h"});
    else if (random_.chance(10) && labels.empty()) out += " baseline good";
    if (random_.chance(20) && name != "m_i" && name != "l_n") {
      out += labels == "pod" && random_.chance(50) ? " needs l_n >= " : " needs m_i >= ";
      out += std::to_string(random_.below(8));
    }
    if (!labels.empty()) out += " by " + labels;
    if (!labels.empty() && random_.chance(25)) out += " gone after 12m";
    return out + "\n";
  }

  // ---- rules ----

  std::string id() { return "r" + std::to_string(next_++); }

  // `if baseline missing` stands only where a baseline or the stable version is read.
  std::string missing(const std::string& condition) {
    if (random_.chance(80)) return {};
    const bool reference = condition.find("baseline") != std::string::npos || condition.find("stable") != std::string::npos;
    std::string out = " if ";
    out += reference && random_.chance(50) ? "baseline missing " : "missing ";
    if (random_.chance(30)) out += "for 3m ";
    return out + random_.pick<std::string>({"pass", "warn", "hold", "fail", "rollback"});
  }

  std::string rule() {
    const std::string only_if = random_.chance(20) ? " only if " + facts_only_bool(2) : "";
    const std::string first = condition();
    const std::string trial = random_.chance(10) ? "trial until 2025-02-13T14:10:00Z " : "";
    switch (random_.below(6)) {
      case 5: return trial + score(only_if);
      case 0: return trial + "rollback " + id() + " \"R\"" + only_if + " when " + first + missing(first);
      case 1: return "hold " + id() + " \"H\"" + only_if + " when " + first + missing(first);
      case 2: return "item " + id() + " \"I\"" + only_if + " require " + first +
                     (random_.chance(25) ? " else rollback" : "") + missing(first) +
                     (random_.chance(30) ? " warn when " + condition() : "");
      case 3: return random_.chance(40) ? sign_off() : random_.chance(50) ? each_threshold() : threshold();
      default: {
        const std::string name = id();
        return "item " + name + " \"I\"" + only_if + " require " + first + missing(first) + waivable(name);
      }
    }
  }

  std::string approval() {
    std::string out = " by " + std::to_string(1 + random_.below(2)) + " " + random_.pick<std::string>({"eng", "on_call", "anyone"});
    if (random_.chance(30)) out += ", 1 boss";
    return out;
  }
  std::string confirmation() {
    std::string out = " confirm" + (random_.chance(85) ? approval() : std::string());
    if (random_.chance(30)) out += " other than " + random_.pick<std::string>({"s2", "s1, s2"});
    if (random_.chance(30)) out += " within " + random_.pick<std::string>({"3m", "1h"});
    if (random_.chance(30)) out += " or not applicable";
    return out;
  }
  std::string sign_off() {
    const std::string name = id();
    std::string out = "item " + name + " \"I\"" + confirmation();
    if (random_.chance(20)) out += confirmation();
    if (random_.chance(30)) out += " require " + condition();
    return out + waivable(name);
  }
  std::string waivable(const std::string& name) {
    if (random_.chance(60)) return {};
    waivable_.push_back(name);
    return " waivable by " + random_.pick<std::string>({"eng", "on_call", "anyone", "eng, on_call", "boss, eng"});
  }
  // Of a stage.
  std::string gates() {
    std::string out;
    if (random_.chance(25)) out += " enter" + confirmation();
    if (random_.chance(25)) out += " leave" + confirmation();
    if (random_.chance(25)) out += " decide" + approval();
    return out;
  }

  // A threshold's name is its metric: one for each metric and group.
  std::string threshold() {
    const auto& [name, sort] = metrics_[threshold_++ % metrics_.size()];
    if (threshold_ > metrics_.size() * 1) return "item " + id() + " \"I\" require " + condition();
    std::string out = "threshold " + name + " { ";
    const std::uint64_t clauses = 1 + random_.below(2);
    for (std::uint64_t i = 0; i < clauses; ++i) {
      out += random_.pick<std::string>({"require ", "warn when ", "hold when ", "rollback "}) + comparison() + " " + limit(sort);
      if (random_.chance(50)) out += window();
      out += " ";
    }
    return out + missing(out) + " }";
  }

  // Of each series of a metric with labels.
  std::string each_threshold() {
    const auto& [name, sort] = random_.pick(labelled_);
    const std::string labels = name != "l_r" ? "pod" : random_.pick<std::string>({"zone, node", "node, zone"});
    std::string out = "threshold " + name + " each " + labels + " { as " + id() + " ";
    const std::uint64_t clauses = 1 + random_.below(2);
    for (std::uint64_t i = 0; i < clauses; ++i) {
      if (random_.chance(15)) {
        out += random_.pick<std::string>({"require ", "hold when ", "rollback when "}) + ranking_of(name) + " ";
        continue;
      }
      out += random_.pick<std::string>({"require ", "warn when ", "hold when ", "rollback "}) + comparison() + " ";
      out += random_.chance(40) ? limit_of_all(name, sort) : limit_of_each(sort);
      if (random_.chance(50)) out += window();
      out += " ";
    }
    return out + missing(out) + " }";
  }
  std::string limit_of_all(const std::string& name, Sort sort) {
    const std::string some = random_.pick<std::string>({"min(", "max("}) + name + random_.pick<std::string>({"", ".stable"}) + ")";
    switch (random_.below(4)) {
      case 0: return sort == Sort::ratio ? some + " + 1pp" : some + " + 10%";
      case 1: return random_.pick<std::string>({"p50(", "max("}) + name + ", 5m)";
      case 2: return sort == Sort::integer ? "l_n" : some;
      default: return some;
    }
  }
  std::string limit_of_each(Sort sort) {
    for (;;) {
      const std::string text = limit(sort);
      if (!kept_ || text.find("baseline") == std::string::npos) return text;
    }
  }
  // What all series are together.
  std::string of_all(const std::string& name, Sort sort) {
    const std::string series = name + random_.pick<std::string>({"", "", ".stable"});
    switch (random_.below(6)) {
      case 0: return sort == Sort::integer ? "count(" + series + ")" : "avg(" + series + ")";
      case 1: return "sum(" + series + ")";
      case 2: return sort == Sort::integer ? "count(v in " + series + " where v > 2)" : "max(v in " + series + ": v)";
      case 3: return "min(" + series + ")";
      default: return "max(" + series + ")";
    }
  }
  std::string every_series() {
    const auto& [name, sort] = random_.pick(labelled_);
    return "(" + random_.pick<std::string>({"every", "any", "none"}) + " v in " + name +
           random_.pick<std::string>({"", "", ".stable"}) + ": v " + comparison() + " " + literal(sort) + ")";
  }

  // Windows stand in the parts or behind the comparisons, not both.
  std::string score(const std::string& only_if) {
    const bool outside = random_.chance(50);
    in_list_ = 0;
    facts_only_ = false;
    in_window_ = outside;
    std::string out = "score " + id() + " \"S\"" + only_if + " {";
    const std::uint64_t parts = 1 + random_.below(3);
    for (std::uint64_t i = 0; i < parts; ++i) {
      out += " worth " + std::to_string(1 + random_.below(4)) + " " + boolean(2);
      if (random_.chance(40)) out += " half " + boolean(1);
    }
    in_window_ = false;
    const bool measured = out.find("m_") != std::string::npos || out.find("l_") != std::string::npos;
    for (std::uint64_t i = 0; i < 1 + random_.below(2); ++i) {
      out += " " + random_.pick<std::string>({"require ", "warn ", "hold ", "rollback "}) +
             random_.pick<std::string>({"<", "<=", ">", ">="}) + " " +
             random_.pick<std::string>({"25%", "50%", "75%", "r1"});
      if (outside && measured && random_.chance(40)) out += window();
    }
    return out + " }";
  }

  std::string limit(Sort sort) {
    switch (random_.below(6)) {
      case 0: return "stable";
      case 1: return "baseline";
      case 2: return sort == Sort::ratio ? "baseline + 1pp" : "baseline + 10%";
      case 3: return "2x baseline";
      case 4: return sort == Sort::ratio ? "stable - 2pp" : "stable - 5%";
      default: return literal(sort);
    }
  }

  std::string phase() {
    std::string out = "  phase f \"Phase\" ";
    out += random_.pick<std::string>({"from T-10m", "from T+3m", "during T..T+5m", "during T+2m..T+8m", "from t1",
                                      "from T-10m until T+4m", "during t1..t1+5m", "from rolled_back_at",
                                      "during rolled_back_at..rolled_back_at+5m"});
    if (random_.chance(20)) out += " only if " + facts_only_bool(1);
    out += " {\n";
    threshold_ = 0;
    const std::uint64_t rules = 1 + random_.below(3);
    const std::size_t before = waivable_.size();
    for (std::uint64_t i = 0; i < rules; ++i) out += "    " + rule() + "\n";
    if (random_.chance(50)) {
      for (std::size_t i = before; i < waivable_.size(); ++i) out += "  " + waiver(waivable_[i]);
      waivable_.resize(before);
    }
    return out + "  }\n";
  }

  // All rollouts have the stages that the inputs know.
  std::string rollouts() {
    const std::string only_if = random_.chance(20) ? " only if " + facts_only_bool(1) : "";
    std::string out = rollout("canary" + only_if);
    if (random_.chance(50)) return out;
    threshold_ = metrics_.size();  // the first rollout has used up their names
    out += "  rollout other {\n    step smoke run \"make smoke\"\n    stages 10% to 50% by 40% bake 3m";
    if (random_.chance(30)) out += " only if " + facts_only_bool(1);
    if (random_.chance(50)) out += " { " + rule() + " }";
    out += "\n    stage 100% bake 2m";
    if (random_.chance(40)) out += " hold when " + condition();
    out += "\n    from stage 50%";
    if (random_.chance(50)) out += " only if " + facts_only_bool(1);
    out += " { " + rule() + " }\n    " + rule() + "\n  }\n  strategy { use other when " + facts_only_bool(2);
    if (random_.chance(40)) out += " use " + random_.pick<std::string>({"canary", "other"}) + " when " + facts_only_bool(1);
    if (random_.chance(70)) out += " use canary otherwise";
    return out + " }\n";
  }

  std::string rollout(const std::string& name) {
    std::string out = "  rollout " + name + " {\n";
    const std::vector<std::string> stages = {"10%", "50%", "100%"};
    for (const std::string& stage : stages) {
      out += "    stage " + stage;
      if (random_.chance(70)) out += " bake " + random_.pick<std::string>({"2m", "3m", "5m"});
      if (random_.chance(20) && out.ends_with("m")) out += " at most 8m else " + random_.pick<std::string>({"rollback", "no-go"});
      if (random_.chance(20)) out += " settle 1m";
      if (random_.chance(15)) out += " only if " + facts_only_bool(1);
      out += gates();
      threshold_ = 0;
      if (random_.chance(30)) out += " { " + rule() + " }";
      out += "\n";
    }
    threshold_ = 0;
    out += "    " + rule() + "\n";
    return out + "  }\n";
  }

  std::string condition() {
    in_list_ = 0;
    facts_only_ = false;
    return boolean(3);
  }
  std::string facts_only_bool(int depth) {
    in_list_ = 0;
    facts_only_ = true;
    std::string out = boolean(depth);
    facts_only_ = false;
    return out;
  }

  // ---- truth values ----

  bool metrics_allowed() const { return !facts_only_; }
  bool windows_allowed() const { return !facts_only_ && in_list_ == 0 && !in_window_; }

  std::string comparison() { return random_.pick<std::string>({"<", "<=", ">", ">=", "==", "!="}); }

  std::string boolean(int depth) {
    if (depth <= 0) return simple_boolean();
    switch (random_.below(10)) {
      case 0: return "(" + boolean(depth - 1) + " and " + boolean(depth - 1) + ")";
      case 1: return "(" + boolean(depth - 1) + " or " + boolean(depth - 1) + ")";
      case 2: return "not (" + boolean(depth - 1) + ")";
      case 3: return windows_allowed() ? "(" + windowed(depth - 1) + ")" : simple_boolean();
      case 4: return in_list_ < 2 ? "(" + quantifier(depth - 1) + ")" : simple_boolean();
      case 5: return "(if " + boolean(depth - 1) + " then " + boolean(depth - 1) + " else " + boolean(depth - 1) + ")";
      case 6: {
        const Sort sort = any_sort();
        return "(" + number(sort, depth - 1) + " " + comparison() + " " + number(sort, depth - 1) + ")";
      }
      default: return simple_boolean();
    }
  }

  std::string simple_boolean() {
    if (random_.chance(20)) return built_boolean();
    if (random_.chance(8) && metrics_allowed() && in_list_ == 0) return ranking();
    if (random_.chance(6) && metrics_allowed()) return every_series();
    switch (random_.below(16)) {
      case 0: return "b1";
      case 1: return "b2";
      case 2: return "e1 " + random_.pick<std::string>({"<", "<=", "==", ">=", "!="}) + " " +
                     random_.pick<std::string>({"low", "mid", "high"});
      case 3: return "e2 " + random_.pick<std::string>({"==", "!="}) + " " + random_.pick<std::string>({"red", "green", "blue"});
      case 4: return "s1 == " + text();
      case 5: return "s1 != s2";
      case 6: return "s1 contains " + text();
      case 7: return "s1 matches r\"" + random_.pick<std::string>({"^a", "b+", "[0-9]$", "a|b"}) + "\"";
      case 8: return "v1 " + comparison() + " " + random_.pick<std::string>({"1.2.3", "v2.0.0-rc.1", "v2"});
      case 9: return "present " + random_.pick<std::string>({"oi", "od", "ob", "os"});
      case 10: return "(ob else " + random_.pick<std::string>({"true", "false"}) + ")";
      case 11: return "s1 in words";
      case 12: return random_.pick<std::string>({"i1", "i2"}) + " in " + std::to_string(random_.below(3)) + ".." +
                      std::to_string(3 + random_.below(5));
      case 13: return "sizes[" + text() + "] " + comparison() + " " + literal(Sort::integer);
      case 14: return "t1 " + random_.pick<std::string>({"<", "<=", ">", ">="}) + " " +
                      random_.pick<std::string>({"now", "T", "now - 2m", "T + 1h"});
      default: {
        const Sort sort = any_sort();
        return number(sort, 1) + " " + comparison() + " " + literal(sort);
      }
    }
  }

  // Truths of texts, lists, versions and dates that are computed.
  std::string built_boolean() {
    const std::string zone = ", " + random_.pick<std::string>({"\"UTC\"", "\"Europe/Berlin\"", "\"America/New_York\"", "\"+05:30\"", "\"-03:00\""}) + ")";
    const std::string moment = random_.pick<std::string>({"t1", "now", "(t1 + 4000h)", "(now - 10000h)"});
    switch (random_.below(14)) {
      case 0: return text_of(2) + " " + random_.pick<std::string>({"==", "!="}) + " " + text_of(1);
      case 1: return random_.pick<std::string>({"starts_with(", "ends_with("}) + text_of(2) + ", " + text_of(1) + ")";
      case 2: return text_of(2) + " contains " + text_of(1);
      case 3: return text_of(2) + " matches r\"" + random_.pick<std::string>({"^a", "b+", "[0-9]$", "a|b"}) + "\"";
      case 4: return text_of(1) + " in " + list_of_texts();
      case 5: return "satisfies(" + random_.pick<std::string>({"v1", "v2", "2.0.0-rc.2"}) + ", \"" +
                     random_.pick<std::string>({"^1.2", "~1.2.4", "1.x || 2.0.0-rc.1", ">=2.0.0-rc.1", ">1.2.3 <2.0.0"}) + "\")";
      case 6: return "is_prerelease(" + random_.pick<std::string>({"v1", "v2"}) + ")";
      case 7: return "weekday(" + moment + zone + " in {\"thursday\", \"friday\", \"sunday\"}";
      case 8: return "date(" + moment + zone + " " + random_.pick<std::string>({"==", "!="}) + " \"2025-02-13\"";
      case 9: return "start_of_day(" + moment + zone + " " + comparison() + " " + random_.pick<std::string>({"t1", "now - 14h", "2025-02-13"});
      case 10: return "has_key(sizes, " + text_of(1) + ")";
      case 11: return "age(t1) " + comparison() + " " + random_.pick<std::string>({"0s", "5m", "2h"});
      case 12: return "(" + random_.pick<std::string>({"every", "any", "none"}) + " w in " + list_of_texts() + ": w " +
                      random_.pick<std::string>({"==", "!="}) + " " + text_of(1) + ")";
      default: return random_.pick<std::string>({"year", "month", "day_of_month", "hour", "minute"}) + "(" + moment + zone + " " +
                      comparison() + " " + random_.pick<std::string>({"2025", "2", "13", "14", "30"});
    }
  }

  std::string text_of(int depth) {
    if (depth <= 0) return random_.pick<std::string>({"s1", "s2", text(), "\"a,b,,ab1\"", "(os else \"z\")"});
    const std::string inner = text_of(depth - 1);
    switch (random_.below(16)) {
      case 0: return "lower(" + inner + ")";
      case 1: return "upper(" + inner + ")";
      case 2: return "trim(" + inner + " + \" \")";
      case 3: return "substitute(" + inner + ", " + random_.pick<std::string>({"\"a\"", "\"b\"", "s2"}) + ", " + text_of(depth - 1) + ")";
      case 4: return "substring(" + inner + ", " + random_.pick<std::string>({"0", "1", "i1"}) + ", " + random_.pick<std::string>({"2", "9", "i2"}) + ")";
      case 5: return "concat(" + inner + ", " + text_of(depth - 1) + ")";
      case 6: return "(" + inner + " + " + text_of(depth - 1) + ")";
      case 7: return "join(" + list_of_texts() + ", " + text() + ")";
      case 8: return "text(" + random_.pick<std::string>({"i1", "f1", "r1", "d1", "y1", "b1", "e1", "e2", "v1", "t1", "o1", "p1"}) + ")";
      case 9: return "capture(" + inner + ", r\"([a-z]+)([0-9])?\", " + random_.pick<std::string>({"0", "1", "2", "3", "i1"}) + ")";
      case 10: return "\"" + random_.pick<std::string>({"", "a", "x-"}) + "${s1}${" +
                      random_.pick<std::string>({"i1", "d2", "e2", "v2", "b2", "t1", "o2"}) + "}\"";
      case 11: return random_.pick<std::string>({"first(", "last("}) + list_of_texts() + ")";
      case 12: return list_of_texts() + "[" + random_.pick<std::string>({"0", "1", "-1", "i1"}) + "]";
      default: return inner;
    }
  }

  std::string list_of_texts() {
    switch (random_.below(7)) {
      case 0: return "split(" + random_.pick<std::string>({"s1", "s2", "\"a,b,,ab1\""}) + ", " + random_.pick<std::string>({"\",\"", "\"a\"", "s2"}) + ")";
      case 1: return "distinct(words)";
      case 2: return "sorted(words)";
      case 3: return "keys(sizes)";
      case 4: return "slice(words, " + random_.pick<std::string>({"0", "1", "i1"}) + ", " + random_.pick<std::string>({"2", "9", "i2"}) + ")";
      case 5: return "sorted(distinct(split(\"b,a,b,ab1\", \",\")))";
      default: return "words";
    }
  }

  // A count that is computed from something else.
  std::string built_count() {
    const std::string pick = random_.chance(50) ? " where " + std::string(random_.chance(50) ? "x.ready" : "x.restarts > 1") : "";
    switch (random_.below(12)) {
      case 0: return "count(" + list_of_texts() + ")";
      case 1: return "chars(" + text_of(2) + ")";
      case 2: return "to_int(" + random_.pick<std::string>({"s1", "text(i1)", "\"7\"", "\"x\""}) + ")";
      case 3: return random_.pick<std::string>({"major", "minor", "patch"}) + "(" + random_.pick<std::string>({"v1", "v2"}) + ")";
      case 4: return random_.pick<std::string>({"min", "max", "sum"}) + "(x in pods" + pick + ": x.restarts)";
      case 5: return random_.pick<std::string>({"min", "max", "sum"}) + "(sizes)";
      case 6: return "pods[" + random_.pick<std::string>({"0", "1", "-1", "-2", "i1"}) + "].restarts";
      case 7: return "clamp(i1, " + random_.pick<std::string>({"0", "2", "i2"}) + ", 5)";
      case 8: return "round_to(i1, " + random_.pick<std::string>({"2", "3", "i2"}) + ")";
      case 9: return random_.pick<std::string>({"floor", "ceil", "round"}) + "(f1)";
      case 10: return "count(x in slice(pods, 1, 3) where " + std::string(random_.chance(50) ? "x.ready" : "x.restarts > 1") + ")";
      default: return "least(chars(s1), i2)";
    }
  }

  // The candidate's distribution against the stable version's.
  std::string ranking() {
    return ranking_of(random_.pick(metrics_).first);
  }
  std::string ranking_of(const std::string& name) {
    const bool directed = std::find(directed_.begin(), directed_.end(), name) != directed_.end();
    const std::string by = name == "m_r" || name == "l_r" ? random_.pick<std::string>({"0.1pp", "1pp", "20pp"})
                           : name == "m_d" || name == "l_d" ? random_.pick<std::string>({"10%", "5ms", "100ms"})
                           : name == "m_y" ? random_.pick<std::string>({"10%", "1B", "100B"})
                                           : random_.pick<std::string>({"10%", "1", "3"});
    return std::string(directed && random_.chance(70) ? "worse(" : "differs(") + name + ", " +
           random_.pick<std::string>({"stable", name + ".stable"}) + ", over: " +
           random_.pick<std::string>({"10m", "15m", "30m"}) + ", by: " + by + ", confidence: " +
           random_.pick<std::string>({"50%", "80%", "98%"}) + ")";
  }

  std::string windowed(int depth) {
    const auto& [name, sort] = random_.pick(metrics_);
    in_window_ = true;
    const std::string first = (sort == Sort::duration && random_.chance(40) ? of_all("l_d", sort) : name) + " " + comparison() + " " + number(sort, depth > 1 ? 1 : 0);
    const std::string inner = random_.chance(30) ? "(" + first + " and " + boolean(depth - 1) + ")" : "(" + first + ")";
    in_window_ = false;
    return inner + window();
  }

  std::string window() {
    switch (random_.below(5)) {
      case 0: return " for " + random_.pick<std::string>({"1m", "2m", "150s", "5m"});
      case 1: return " for " + std::to_string(1 + random_.below(4)) + " samples";
      case 2: {
        const std::uint64_t most = 1 + random_.below(5);
        return " in " + std::to_string(1 + random_.below(most)) + " of " + std::to_string(most) + " samples";
      }
      case 3: return " in " + std::to_string(1 + random_.below(4)) + " samples";
      default: return random_.chance(30) ? " for 3 samples across stages" : " for 2 samples";
    }
  }

  std::string quantifier(int depth) {
    ++in_list_;
    const std::string name = "q" + std::to_string(in_list_);
    loops_.push_back(name);
    std::string out;
    const std::string where = random_.chance(30) ? " where " + row_boolean(depth) : "";
    switch (random_.below(4)) {
      case 0: out = "every " + name + " in pods" + where + ": " + row_boolean(depth); break;
      case 1: out = "any " + name + " in pods" + where + ": " + row_boolean(depth); break;
      case 2: out = "none " + name + " in pods" + where + ": " + row_boolean(depth); break;
      default:
        out = "count(" + name + " in pods where " + row_boolean(depth) + ") " + comparison() + " " +
              std::to_string(random_.below(4));
    }
    loops_.pop_back();
    --in_list_;
    return out;
  }

  std::string row_boolean(int depth) {
    const std::string& row = loops_[random_.below(loops_.size())];
    switch (random_.below(7)) {
      case 0: return row + ".ready";
      case 1: return row + ".phase == \"Running\"";
      case 2: return row + ".cpu " + comparison() + " " + literal(Sort::ratio);
      case 3: return row + ".name contains " + text();
      case 4: return depth > 0 ? "(" + row_boolean(depth - 1) + " and " + boolean(depth - 1) + ")" : row + ".ready";
      case 5: return "present " + row + ".started";
      default: return row + ".restarts " + comparison() + " " + number(Sort::integer, depth > 0 ? 1 : 0);
    }
  }

  // ---- numbers ----

  Sort any_sort() { return static_cast<Sort>(random_.below(kSorts)); }

  std::string text() { return random_.pick<std::string>({"\"a\"", "\"b\"", "\"ab1\"", "\"Running\"", "\"\""}); }

  std::string literal(Sort sort) {
    switch (sort) {
      case Sort::integer: return std::to_string(random_.below(9));
      case Sort::number: return random_.pick<std::string>({"0.1", "0.5", "2.25", "100.0", "0.0"});
      case Sort::ratio: return random_.pick<std::string>({"0%", "0.3%", "1%", "50%", "100%"});
      case Sort::points: return random_.pick<std::string>({"0pp", "1pp", "0.5pp", "20pp"});
      case Sort::duration: return random_.pick<std::string>({"0ms", "180ms", "198ms", "250ms", "1s", "1m30s"});
      case Sort::bytes: return random_.pick<std::string>({"0B", "512B", "1KiB", "3MB", "2GiB"});
      case Sort::orders: return std::to_string(random_.below(9));
    }
    return "0";
  }

  std::string fact_of(Sort sort) {
    switch (sort) {
      case Sort::integer: return random_.pick<std::string>({"i1", "i2", "(oi else 3)"});
      case Sort::number: return random_.pick<std::string>({"f1", "f2"});
      case Sort::ratio: return random_.pick<std::string>({"r1", "r2"});
      case Sort::points: return random_.pick<std::string>({"p1", "(r1 - r2)"});
      case Sort::duration: return random_.pick<std::string>({"d1", "d2", "(od else 2s)"});
      case Sort::bytes: return random_.pick<std::string>({"y1", "y2"});
      case Sort::orders: return random_.pick<std::string>({"o1", "o2"});
    }
    return "i1";
  }

  // Something measured; "" where there is no metric of the sort.
  std::string measured(Sort sort) {
    for (const auto& [name, s] : labelled_) {
      if (s == sort && random_.chance(25)) return of_all(name, s);
    }
    for (const auto& [name, s] : metrics_) {
      if (s != sort) continue;
      switch (random_.below(6)) {
        case 0: return name + ".stable";
        case 1: return name + ".baseline";
        case 2: return random_.pick<std::string>({"avg", "min", "max", "sum", "p50", "p90", "first", "last", "stddev"}) + "(" +
                       name + ", " + random_.pick<std::string>({"1m", "3m", "5m"}) + ")";
        case 3: return sort == Sort::integer ? "increase(" + name + ", 5m)" : name;
        default: return name;
      }
    }
    return {};
  }

  std::string number(Sort sort, int depth) {
    if (sort == Sort::integer && random_.chance(15)) return built_count();
    if (sort == Sort::number && random_.chance(8)) {
      return random_.pick<std::string>({"avg(sizes)", "avg(x in pods: x.restarts)", "avg(x in pods where x.ready: x.restarts)", "to_float(s1)"});
    }
    if (sort == Sort::duration && random_.chance(5)) return random_.pick<std::string>({"to_duration(s1)", "to_duration(text(d1))", "round_to(d1, 50ms)", "age(t1)"});
    // A bare number is a count only beside one, so counts are computed from nothing but facts and metrics.
    if (depth <= 0 || sort == Sort::orders || random_.chance(25)) {
      if (metrics_allowed() && random_.chance(40)) {
        const std::string m = measured(sort);
        if (!m.empty()) return m;
      }
      const std::string fact = fact_of(sort);
      return sort == Sort::orders || random_.chance(60) ? fact : literal(sort);
    }
    const std::string a = number(sort, depth - 1);
    switch (random_.below(8)) {
      case 0: return sort == Sort::ratio ? "(" + a + " + 1pp)" : "(" + a + " + " + number(sort, depth - 1) + ")";
      case 1: return sort == Sort::ratio ? "(" + a + " - 2pp)" : "(" + a + " - " + number(sort, depth - 1) + ")";
      case 2: return sort == Sort::number ? "(" + a + " / f1)" : "abs(" + a + ")";
      case 3: return "least(" + a + ", " + number(sort, depth - 1) + ")";
      case 4: return "greatest(" + a + ", " + number(sort, depth - 1) + ")";
      case 5: return "(if " + boolean(depth - 1) + " then " + a + " else " + number(sort, depth - 1) + ")";
      case 6: return sort == Sort::number ? "(" + a + " * " + number(Sort::number, depth - 1) + ")" : a;
      default: return a;
    }
  }

  Random& random_;
  int next_ = 0;
  std::vector<std::string> directed_;  // metrics of which one way is better
  std::vector<std::string> waivable_;  // rules that may be waived
  std::size_t threshold_ = 0;
  int in_list_ = 0;
  bool in_window_ = false;
  bool facts_only_ = false;
  bool kept_ = false;  // the policy compares with a baseline that has a name
  std::vector<std::string> loops_;
  const std::vector<std::pair<std::string, Sort>> metrics_ = {
      {"m_i", Sort::integer}, {"m_r", Sort::ratio}, {"m_d", Sort::duration}, {"m_y", Sort::bytes}, {"m_o", Sort::orders}};
  const std::vector<std::pair<std::string, Sort>> labelled_ = {
      {"l_i", Sort::integer}, {"l_d", Sort::duration}, {"l_r", Sort::ratio}};
};

// ---- the inputs ----

class Inputs {
 public:
  Inputs(const program::Program& program, Random& random) : program_(program), random_(random), builder_(program) {}

  vm::Snapshot make() {
    document_ = builder_.add_document("random", "");
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      if (program_.inputs[i].kind == program::InputKind::fact) fact(i);
    }
    for (std::uint32_t m = 0; m < program_.metrics.size(); ++m) metric(m);
    stages();
    builder_.set_now(kStart + static_cast<vm::Instant>(random_.below(1200)) * kSecond, false);
    vm::Snapshot snapshot = builder_.build();
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) kept_baseline(i, snapshot);
    return snapshot;
  }

 private:
  // Those of several names differ.
  void kept_baseline(std::size_t i, vm::Snapshot& snapshot) {
    const program::Input& input = program_.inputs[i];
    if (input.kind != program::InputKind::baseline || !random_.chance(40)) return;
    snapshot.add_baseline(i, number(program_.metrics[input.metric].type), origin());
  }
  vm::Origin origin() { return {document_, static_cast<std::uint32_t>(1 + random_.below(9))}; }

  void fact(std::size_t i) {
    const program::Input& input = program_.inputs[i];
    const program::Birthplace born{program::BirthKind::input, static_cast<std::uint32_t>(i)};
    if (random_.chance(12)) builder_.set_input(i, Value::unknown(Fault::missing, born), origin());
    else if (input.optional && random_.chance(50)) builder_.set_input(i, Value::unknown(Fault::absent, born), origin());
    else builder_.set_input(i, value(input.type), origin());
  }

  Value value(const program::Type& type) {
    switch (type.kind) {
      case Kind::boolean: return Value::boolean(random_.chance(50));
      case Kind::string: return builder_.text_value(random_.pick<std::string>({"a", "b", "ab1", "Running", "xaxb", ""}));
      case Kind::semver: return version();
      case Kind::enumeration: return Value::id(random_.below(program_.enumerations[type.index].members.size()));
      case Kind::list:
      case Kind::map: return rows(program_.row_tables[type.index], type.index);
      case Kind::time: return Value::number(program::Decimal::from_int64(1'739'455'200 + static_cast<std::int64_t>(random_.below(1800)) - 600));
      default: return number(type);
    }
  }

  Value version() {
    program::Semver version;
    program::TextError error;
    program::Semver::parse(random_.pick<std::string>({"1.2.3", "1.2.4", "2.0.0-rc.1", "2.0.0", "2.0.0+build.7"}), version, error);
    return builder_.semver_value(version);
  }

  Value number(const program::Type& type) {
    const auto whole = static_cast<std::int64_t>(random_.below(9));
    if (type.kind == Kind::integer) {
      if (random_.chance(3)) return Value::number(Decimal::from_int64(INT64_MAX));
      return Value::number(Decimal::from_int64(random_.chance(10) ? -whole : whole));
    }
    if (random_.chance(2)) return Value::number(Decimal::max());
    if (random_.chance(8)) return Value::number(Decimal());
    const std::vector<std::string> texts =
        type.kind == Kind::ratio || type.kind == Kind::points
            ? std::vector<std::string>{"0.003", "0.013", "0.5", "1", "0.01", "0.2"}
            : std::vector<std::string>{"0.18", "0.198", "0.25", "1.5", "90", "512", "1024", "3000000", "0.333333333333333333"};
    return Value::number(*Decimal::parse(random_.pick(texts)));
  }

  Value rows(const program::RowTable& table, std::uint32_t index) {
    std::vector<std::vector<Value>> rows(random_.chance(15) ? 0 : random_.below(5));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::uint32_t c = 0; c < table.column_count; ++c) {
        const program::Column& column = program_.columns[table.first_column + c];
        if (table.keyed && c == 0) rows[r].push_back(builder_.text_value(keys_[r]));
        else if (random_.chance(6)) rows[r].push_back(Value::unknown(Fault::missing));
        else if (column.optional && random_.chance(50)) rows[r].push_back(Value::unknown(Fault::absent));
        else rows[r].push_back(value(column.type));
      }
    }
    return builder_.append_rows(index, rows, std::vector<vm::Origin>(rows.size(), origin()));
  }

  void metric(std::uint32_t m) {
    if (program_.metrics[m].label_set != program::kNone) {
      labelled(m);
      return;
    }
    if (random_.chance(25)) {
      steady(m);
      return;
    }
    for (const program::Track track : {program::Track::candidate, program::Track::stable}) {
      if (random_.chance(15)) continue;
      series(m, track);
    }
    if (random_.chance(50)) {
      builder_.set_baseline(m, random_.chance(10) ? Value::unknown(Fault::not_a_number) : number(program_.metrics[m].type), origin());
    }
  }

  // None to three series; what they are compared with may be one without labels.
  void labelled(std::uint32_t m) {
    const std::size_t labels = program_.label_sets[program_.metrics[m].label_set].labels.size();
    for (const char* value : {"a", "b", "c"}) {
      if (random_.chance(40)) continue;
      std::vector<std::string> values(labels, value);
      if (labels > 1 && random_.chance(30)) values.back() = random_.pick<std::string>({"", "x"});
      const std::uint32_t member = *builder_.member(program_.metrics[m].label_set, values);
      if (random_.chance(20)) {
        steady(m, member);
        continue;
      }
      if (random_.chance(85)) series(m, program::Track::candidate, member);
      if (random_.chance(40)) series(m, program::Track::stable, member);
      if (random_.chance(30)) builder_.set_baseline(m, number(program_.metrics[m].type), origin(), member);
    }
    if (random_.chance(30)) series(m, program::Track::stable);
    if (random_.chance(30)) builder_.set_baseline(m, number(program_.metrics[m].type), origin());
  }

  // Both tracks, one sample each minute or half, for as long as comparing them takes; one of them larger.
  void steady(std::uint32_t m, std::uint32_t member = program::kNone) {
    const vm::Instant step = random_.chance(50) ? 30 : 60;
    const std::uint64_t count = 8 + random_.below(30);
    const bool ours = random_.chance(50);
    for (const program::Track track : {program::Track::candidate, program::Track::stable}) {
      const bool larger = (track == program::Track::candidate) == ours;
      for (std::uint64_t i = 0; i < count; ++i) {
        const auto tenths = static_cast<std::int64_t>(random_.below(6)) + (larger && random_.chance(90) ? 4 : 0);
        Decimal value = Decimal::from_int64(tenths);
        if (program_.metrics[m].type.kind != Kind::integer) Decimal::div(value, Decimal::from_int64(10), value);
        builder_.add_sample(m, track, kStart + static_cast<vm::Instant>(i) * step * kSecond,
                            random_.chance(1) ? Value::unknown(Fault::not_a_number) : Value::number(value), origin(), member);
      }
    }
  }

  // Samples from a few minutes before T on: irregular, with jitter, gaps and NaN.
  void series(std::uint32_t m, program::Track track, std::uint32_t member = program::kNone) {
    vm::Instant time = kStart - static_cast<vm::Instant>(random_.below(600)) * kSecond;
    const std::uint64_t count = random_.below(25);
    for (std::uint64_t i = 0; i < count; ++i) {
      Value value = random_.chance(7) ? Value::unknown(Fault::not_a_number) : number(program_.metrics[m].type);
      builder_.add_sample(m, track, time, value, origin(), member);
      const unsigned kind = static_cast<unsigned>(random_.below(20));
      const std::uint64_t step = kind == 0 ? 200 + random_.below(600) : kind < 5 ? 5 + random_.below(40) : 60;
      time += static_cast<vm::Instant>(step) * kSecond;
    }
  }

  void stages() {
    if (random_.chance(80)) builder_.set_deployed_at(kStart);
    if (random_.chance(60)) {
      vm::Instant time = kStart + static_cast<vm::Instant>(random_.below(60)) * kSecond;
      for (const char* stage : {"10%", "50%", "100%"}) {
        builder_.mark_stage(time, stage);
        if (random_.chance(30)) break;
        time += static_cast<vm::Instant>(60 + random_.below(400)) * kSecond;
      }
    } else if (random_.chance(50)) {
      builder_.set_stage(random_.pick<std::string>({"10%", "50%", "100%"}));
    }
    if (random_.chance(15)) builder_.set_stage_at(kStart + static_cast<vm::Instant>(random_.below(600)) * kSecond);
  }

  const program::Program& program_;
  Random& random_;
  vm::SnapshotBuilder builder_;
  std::uint32_t document_ = 0;
  const std::vector<std::string> keys_ = {"a", "b", "ab1", "Running", "z"};
};

}  // namespace

std::string random_policies(Random& random) { return PolicyText(random).write(); }

std::vector<program::SignOff> random_sign_offs(const program::Program& program, const vm::Snapshot& snapshot, Random& random) {
  std::string service;
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    const Value v = snapshot.inputs()[i];
    const bool is_service = program.inputs[i].kind == program::InputKind::fact && program.text(program.inputs[i].name) == "service";
    if (is_service && !v.is_unknown()) service = snapshot.symbols().text(v.as_id());
  }
  const std::vector<std::string> people = {"a", "b", "ab1", "Running", "z"};
  const std::vector<std::string> roles = {"eng", "on_call", "boss", "anyone", ""};
  std::vector<program::SignOff> out;
  for (const program::Policy& policy : program.policies) {
    for (const program::Rule& rule : policy.rules) {
      if (rule.clauses.empty() || rule.clauses.front().verb != program::Verb::confirm) continue;
      const std::uint64_t count = random.below(7);
      for (std::uint64_t i = 0; i < count; ++i) {
        program::SignOff said{.item = program.text(rule.id), .service = random.chance(5) ? "other" : service};
        said.stage = random.pick<std::string>({"10%", "50%", "100%"});
        if (rule.gate != program::Gate::none && random.chance(90)) {
          said.stage = program.text(policy.rollouts[rule.rollout].stages[rule.first_stage].name);
        }
        said.by = random.pick(people);
        const program::StringId asked = rule.clauses.front().confirm.role;
        said.role = random.chance(60) ? program.text(asked) : random.pick(roles);
        said.answer = static_cast<program::Answer>(random.below(program::kAnswerCount));
        if (random.chance(70)) said.answer = rule.gate == program::Gate::decide ? program::Answer::proceed : program::Answer::confirm;
        said.at = snapshot.now() + (static_cast<vm::Instant>(random.below(660)) - 600) * kSecond;
        out.push_back(std::move(said));
      }
    }
  }
  return out;
}

vm::Snapshot random_snapshot(const program::Program& program, Random& random) { return Inputs(program, random).make(); }

}  // namespace dpol::test
