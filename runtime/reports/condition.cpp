// A condition with the values below its parts, as power assertions show them.

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/reports/page.h"
#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

using decision::Observed;
using decision::RuleVerdict;

constexpr std::size_t kContinued = 2;     // how far continued lines of a condition are moved in
constexpr std::size_t kBetween = 2;       // columns between values of two parts
constexpr std::size_t kFewestColumns = 12;  // of a value, however far right it stands

// The values of one part, and the column it belongs to: that of its line of the condition.
struct Value {
  std::size_t anchor = 0;                  // column of the part
  std::optional<std::size_t> under_limit;  // column of the limit that it is compared with
  std::string text;
  Tone tone = Tone::plain;
};

bool contains(const Observed& outer, const Observed& inner) {
  return inner.column == outer.column && inner.length < outer.length;
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

// The byte below which the part's value stands: its first one or, where a smaller part begins there
// too (`a` and `a + b`), that of the operator behind it.
std::size_t anchor_byte(const RuleVerdict& rule, const Observed& part) {
  const Observed* inner = nullptr;
  for (const Observed& other : rule.observed) {
    if (contains(part, other) && (inner == nullptr || contains(other, *inner))) inner = &other;
  }
  if (inner == nullptr) return part.column;
  const std::size_t behind = skip_spaces(rule.condition, inner->column + inner->length);
  return behind < part.column + part.length ? behind : part.column;
}

// Where a limit begins if the part is followed by a comparison: `part >= |limit`.
std::optional<std::size_t> limit_byte(const RuleVerdict& rule, const Observed& part) {
  const std::string_view condition = rule.condition;
  const std::size_t at = skip_spaces(condition, std::size_t{part.column} + part.length);
  for (const std::string_view op : {"<=", ">=", "==", "!=", "<", ">"}) {
    if (at >= condition.size() || !condition.substr(at).starts_with(op)) continue;
    const std::size_t limit = skip_spaces(condition, at + op.size());
    if (limit < condition.size()) return limit;
  }
  return std::nullopt;
}

std::size_t comparisons_in(std::string_view condition) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < condition.size(); ++i) {
    const std::string_view rest = condition.substr(i);
    const bool two = rest.starts_with("<=") || rest.starts_with(">=") || rest.starts_with("==") || rest.starts_with("!=");
    if (!two && condition[i] != '<' && condition[i] != '>') continue;
    ++count;
    if (two) ++i;
  }
  return count;
}

// All values in one line of at most `width` columns: if there are too many the middle ones give way.
std::string value_text(const std::vector<std::string>& values, std::size_t width) {
  std::string all;
  for (const std::string& value : values) all += (all.empty() ? "" : " ") + safe(value);
  if (width_of(all) <= width || values.size() < 3) return cut_middle(all, width);
  std::string head;
  std::string tail;
  std::size_t first = 0;
  std::size_t last = values.size();
  for (bool at_head = true; first < last; at_head = !at_head) {
    const std::string next = safe(at_head ? values[first] : values[last - 1]);
    if (width_of(head) + width_of(tail) + width_of(next) + 3 > width) break;
    if (at_head) head += next + " ", ++first;
    else tail = " " + next + tail, --last;
  }
  return head.empty() ? cut_middle(all, width) : head + "…" + tail;
}

std::vector<Value> values_in(const RuleVerdict& rule, const ScreenText& condition, std::size_t from,
                             std::size_t to, std::size_t room) {
  std::vector<Value> values;
  for (const Observed& part : rule.observed) {
    if (part.values.empty()) continue;
    const std::size_t anchor = condition.column(anchor_byte(rule, part));
    const bool is_last_line = to >= condition.width();
    if (anchor < from || (anchor >= to && !is_last_line)) continue;
    Value value{.anchor = anchor - from, .under_limit = {}, .text = {}, .tone = part.known ? Tone::bold : Tone::caution};
    // A value that stands alone is set below its limit, where the two are compared at a glance.
    if (const auto limit = limit_byte(rule, part); limit && rule.observed.size() == 1) {
      const std::size_t column = condition.column(*limit);
      if (column < to) value.under_limit = column - from;
    }
    const std::size_t column = value.under_limit.value_or(value.anchor);
    value.text = value_text(part.values, std::max(kFewestColumns, room - std::min(room, column)));
    values.push_back(std::move(value));
  }
  std::ranges::stable_sort(values, {}, &Value::anchor);
  return values;
}

// Each row takes, from the right, what does not reach into the next; `│` leads to what is set below.
std::vector<Line> value_rows(std::vector<Value> values, std::size_t left) {
  std::vector<Line> rows;
  while (!values.empty()) {
    Line row;
    std::size_t end = std::string::npos;
    std::vector<Value> later;
    for (std::size_t i = values.size(); i-- > 0;) {
      Value& value = values[i];
      if (value.under_limit) {
        row.put(left + value.anchor, "│", Tone::dim).put(left + *value.under_limit, value.text, value.tone);
      } else if (end == std::string::npos || value.anchor + width_of(value.text) + kBetween <= end) {
        row.put(left + value.anchor, value.text, value.tone);
      } else {
        if (value.anchor < end) row.put(left + value.anchor, "│", Tone::dim);
        end = std::min(end, value.anchor);
        later.insert(later.begin(), std::move(value));
        continue;
      }
      end = value.anchor;
    }
    values = std::move(later);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::vector<Line> condition_lines(const RuleVerdict& rule, const ConditionFrame& frame) {
  const ScreenText condition(rule.condition);
  std::vector<std::size_t> starts = condition.line_starts(frame.text_width);
  if (starts.size() > 1) starts = condition.line_starts(frame.text_width - kContinued);
  std::vector<Line> lines;
  std::string margin = rule.margin_words ? safe(*rule.margin_words) : "";
  // Of several comparisons the margin speaks of one: it is named.
  const bool is_one_of_several = comparisons_in(rule.condition) > 1 && !rule.margin_expr.empty();
  if (is_one_of_several && !margin.empty()) margin = safe(rule.margin_expr) + ": " + margin;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t left = frame.left + (i == 0 ? 0 : kContinued);
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : condition.width();
    std::string part = condition.columns(starts[i], end);
    part.erase(part.find_last_not_of(' ') + 1);
    lines.emplace_back().put(left, std::move(part));
    const std::size_t room = frame.page_width - std::min(frame.page_width, left);
    std::vector<Line> rows = value_rows(values_in(rule, condition, starts[i], end, room), left);
    if (!rows.empty() && !margin.empty() && !is_one_of_several &&
        rows.front().width() + 3 + width_of(margin) <= frame.page_width) {
      rows.front().append(" · " + std::exchange(margin, {}));
    }
    for (Line& row : rows) lines.push_back(std::move(row));
  }
  if (!margin.empty()) lines.emplace_back().put(frame.left, margin);
  return lines;
}

}  // namespace dpol::reports
