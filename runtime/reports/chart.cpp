#include "runtime/reports/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/html/html.h"
#include "runtime/program/time_text.h"
#include "runtime/reports/html_text.h"
#include "runtime/reports/text.h"

namespace dpol::reports {

// Letters grow less than the picture does: on a phone they are as large as the text around it.
const char* const kChartStyle = R"css(.chart { margin: .9rem 0 0; break-inside: avoid; }
.chart > svg { display: block; width: 100%; max-width: 40rem; height: auto; margin: .3rem 0; color: var(--ink); }
.chart text { font: 11px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; fill: var(--ink); stroke: var(--paper); stroke-width: 3px; paint-order: stroke; stroke-linejoin: round; }
.chart .soft { fill: var(--soft); }
.chart .grid { stroke: var(--line); stroke-width: 1; }
.chart .window { fill: var(--hold); fill-opacity: .13; }
.chart .edge { stroke: var(--hold); stroke-width: 1; stroke-dasharray: 2 2; }
.chart .line { fill: none; stroke: var(--link); stroke-width: 1.8; stroke-linejoin: round; }
.chart .dot { fill: var(--link); }
.chart .stable { fill: none; stroke: var(--person); stroke-width: 1.5; stroke-dasharray: 5 2; }
.chart .square { fill: var(--paper); stroke: var(--person); stroke-width: 1.2; }
.chart .limit { fill: none; stroke: var(--rollback); stroke-width: 1.6; stroke-dasharray: 8 3; }
.chart .baseline { fill: none; stroke: var(--require); stroke-width: 1.6; stroke-dasharray: 1.5 3; }
.chart .deployed { stroke: var(--soft); stroke-width: 1.2; }
.chart .unknown { stroke: var(--warn); stroke-width: 1.6; }
.chart .of-window { fill: var(--hold); } .chart .of-limit { fill: var(--rollback); } .chart .of-baseline { fill: var(--require); }
.legend { list-style: none; margin: .2rem 0 .4rem; padding: 0; font-size: .93rem; }
.legend li { display: grid; grid-template-columns: 2rem 1fr; gap: 0 .5rem; padding: .1rem 0; }
.legend svg { width: 2rem; height: .9rem; margin-top: .3rem; }
@media (min-width: 40rem) { .chart text { font-size: 8.5px; } }
)css";

namespace {

using decision::ChartVerdict;
using decision::CurveVerdict;
using decision::PointVerdict;

// Units of the picture, of which a phone has about one for each of its own.
constexpr double kWidth = 360;
constexpr double kHeight = 200;
constexpr double kRight = 352;
constexpr double kTop = 16;
constexpr double kBottom = 178;
constexpr double kLetter = 6;                // width of a letter …
constexpr double kLetters = 12;              // … and height of a line of text
constexpr std::size_t kWidestTick = 20;      // in letters
constexpr std::size_t kMostDots = 45;        // of a curve; of more samples there is the line alone
constexpr std::size_t kMostBands = 3;
constexpr std::size_t kMostTold = 8;         // windows in the legend, and rules of each

// Of a second; what is finer is told nowhere.
std::string time_of(std::int64_t at) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return program::format_time(at / kSecond * kSecond);
}

class Picture {
 public:
  explicit Picture(const Figure& figure) : chart_(*figure.chart), id_(figure.id), deployed_at_(figure.deployed_at) {
    if (deployed_at_ && (*deployed_at_ < chart_.from || *deployed_at_ > chart_.to)) deployed_at_.reset();
    const auto main = [](const CurveVerdict& curve) { return !curve.is_stable; };
    is_numbered_ = std::ranges::count_if(chart_.curves, main) > 1;
    low_ = chart_.ticks.empty() ? 0 : chart_.ticks.front().value;
    high_ = chart_.ticks.empty() ? 1 : chart_.ticks.back().value;
    std::size_t widest = 0;
    for (const decision::TickVerdict& tick : chart_.ticks) widest = std::max(widest, width_of(safe(tick.text)));
    left_ = 10 + kLetter * static_cast<double>(std::min(widest, kWidestTick));
  }

  std::string run() {
    out_ = "<figure class=\"chart\" id=\"" + id_ + "\">\n<figcaption><strong>" + html_safe(chart_.name) + "</strong>" +
           (chart_.doc.empty() ? "" : " " + html_safe(chart_.doc)) + "</figcaption>\n";
    picture();
    legend();
    samples();
    return std::move(out_) + "</figure>\n";
  }

 private:
  struct Label {
    double y;
    std::string text;
    const char* of;
  };

  // ---- the picture ----

  void picture() {
    out_ += fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{}-title {}-desc\">\n", kWidth, kHeight, id_, id_);
    out_ += fmt::format("<title id=\"{}-title\">{} from {} to {}</title>\n", id_, html_safe(chart_.name), time_of(chart_.from),
                        time_of(chart_.to));
    out_ += fmt::format("<desc id=\"{}-desc\">{}</desc>\n", id_, description());
    grid();
    bands();
    if (deployed_at_) deployment();
    for (const decision::BaselineVerdict& baseline : chart_.baselines)
      rule("baseline", y_of(baseline.value));
    for (const decision::LimitVerdict& limit : chart_.limits) {
      if (!is_outside(limit)) line(limit.line, "limit");
    }
    for (auto curve = chart_.curves.rbegin(); curve != chart_.curves.rend(); ++curve) draw(*curve);
    labels();
    out_ += "</svg>\n";
  }

  double x_of(std::int64_t at) const {
    if (chart_.to <= chart_.from) return (left_ + kRight) / 2;
    const double share = (static_cast<double>(at) - static_cast<double>(chart_.from)) /
                         (static_cast<double>(chart_.to) - static_cast<double>(chart_.from));
    return left_ + std::clamp(share, 0.0, 1.0) * (kRight - left_);
  }
  double y_of(double value) const {
    if (!(high_ > low_)) return (kTop + kBottom) / 2;
    return kBottom - std::clamp((value - low_) / (high_ - low_), 0.0, 1.0) * (kBottom - kTop);
  }
  static std::string at(double x, double y) { return fmt::format("{:.1f},{:.1f}", x, y); }

  void rule(const char* of, double y) {
    out_ += fmt::format("<path class=\"{}\" d=\"M{}H{}\"/>\n", of, at(left_, y), kRight);
  }
  void words(double x, double y, const char* anchor, const char* of, const std::string& text) {
    out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\">{}</text>\n", x, y, anchor, of, text);
  }

  void grid() {
    const std::size_t every = chart_.ticks.size() > 7 ? 2 : 1;
    for (std::size_t i = 0; i < chart_.ticks.size(); i += every) {
      const double y = y_of(chart_.ticks[i].value);
      rule("grid", y);
      words(left_ - 5, y + 4, "end", "soft", html::escaped(cut_middle(safe(chart_.ticks[i].text), kWidestTick)));
    }
    const std::string from = time_of(chart_.from);
    const std::string to = time_of(chart_.to);
    const bool of_one_day = is_of_one_day();
    const auto shown = [&](const std::string& time) { return of_one_day ? time.substr(11) : time.substr(0, 10) + " " + time.substr(11, 5); };
    if (chart_.from == chart_.to) {
      words(x_of(chart_.from), kBottom + kLetters + 3, "middle", "soft", to);
      return;
    }
    words(left_, kBottom + kLetters + 3, "start", "soft", shown(from));
    if (of_one_day) words((left_ + kRight) / 2, kBottom + kLetters + 3, "middle", "soft", to.substr(0, 10));
    words(kRight, kBottom + kLetters + 3, "end", "soft", shown(to));
  }

  // 2025-02-13T14:05:00Z: the day is told once, and then the time alone.
  bool is_of_one_day() const { return time_of(chart_.from).substr(0, 10) == time_of(chart_.to).substr(0, 10); }
  std::string short_time(std::int64_t at) const {
    const std::string time = time_of(at);
    return is_of_one_day() && time.substr(0, 10) == time_of(chart_.to).substr(0, 10) ? time.substr(11) : time;
  }

  bool is_outside(const decision::LimitVerdict& limit) const {
    return std::ranges::none_of(limit.line, [&](const PointVerdict& point) { return point.value && *point.value >= low_ && *point.value <= high_; });
  }
  bool is_outside(const decision::WindowVerdict& window) const { return window.to < chart_.from || window.from > chart_.to; }

  // Of what several rules looked at alike, one.
  void bands() {
    std::vector<std::pair<std::int64_t, std::int64_t>> drawn;
    for (const decision::WindowVerdict& window : chart_.windows) {
      const std::pair span(window.from, window.to);
      if (drawn.size() >= kMostBands || is_outside(window) || std::ranges::find(drawn, span) != drawn.end()) continue;
      drawn.push_back(span);
      const double from = x_of(window.from);
      const double to = x_of(window.to);
      if (from < to) out_ += fmt::format("<path class=\"window\" d=\"M{}H{:.1f}V{}H{:.1f}Z\"/>\n", at(from, kTop), to, kBottom, from);
      out_ += fmt::format("<path class=\"edge\" d=\"M{}V{}M{}V{}\"/>\n", at(from, kTop), kBottom, at(to, kTop), kBottom);
      if (drawn.size() == 1) words(std::clamp((from + to) / 2, left_ + 20, kRight - 20), kTop - 4, "middle", "of-window", "window");
    }
  }

  void deployment() {
    const double x = x_of(*deployed_at_);
    out_ += fmt::format("<path class=\"deployed\" d=\"M{}V{}\"/>\n", at(x, kTop), kBottom);
    words(x, kBottom - 4, x < kRight - 10 ? "start" : "end", "soft", "T");
  }

  // What is unknown is left out of the line.
  void line(const std::vector<PointVerdict>& points, const char* of) {
    if (points.size() == 1 && std::string_view(of) == "limit") {
      if (points.front().value) rule(of, y_of(*points.front().value));
      return;
    }
    std::string path;
    bool is_open = false;
    for (const PointVerdict& point : points) {
      if (point.value) path += (is_open ? "L" : "M") + at(x_of(point.at), y_of(*point.value));
      is_open = point.value.has_value();
    }
    if (!path.empty()) out_ += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", of, path);
  }

  void draw(const CurveVerdict& curve) {
    line(curve.points, curve.is_stable ? "stable" : "line");
    const bool dotted = curve.points.size() <= kMostDots;
    std::string dots;
    std::string crosses;
    for (const PointVerdict& point : curve.points) {
      const double x = x_of(point.at);
      if (!point.value) {
        crosses += fmt::format("M{:.1f},{}l6,6m0,-6l-6,6", x - 3, kBottom - 7);
      } else if (dotted && curve.is_stable) {
        dots += fmt::format("M{}h4v4h-4z", at(x - 2, y_of(*point.value) - 2));
      } else if (dotted) {
        dots += fmt::format("M{}a2.2,2.2,0,1,0,4.4,0a2.2,2.2,0,1,0,-4.4,0", at(x - 2.2, y_of(*point.value)));
      }
    }
    if (!dots.empty()) out_ += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", curve.is_stable ? "square" : "dot", dots);
    if (!crosses.empty()) out_ += fmt::format("<path class=\"unknown\" d=\"{}\"/>\n", crosses);
    if (!is_numbered_ || curve.is_stable || curve.points.empty() || !curve.points.back().value) return;
    words(kRight + 7, y_of(*curve.points.back().value) + 3, "end", "soft", number_of(curve));
  }

  std::string number_of(const CurveVerdict& curve) const { return std::to_string(&curve - chart_.curves.data() + 1); }

  // Limits at the left, baselines at the right, none upon another.
  void labels() {
    std::vector<Label> left;
    for (const decision::LimitVerdict& limit : chart_.limits) {
      if (is_outside(limit)) continue;
      add_label(left, {y_of(limit.line.front().value.value_or(low_)), "limit " + html_safe(limit.text), "of-limit"});
    }
    std::vector<Label> right;
    for (const decision::BaselineVerdict& baseline : chart_.baselines)
      add_label(right, {y_of(baseline.value), "baseline " + html_safe(baseline.text), "of-baseline"});
    place(std::move(left), left_ + 3, "start");
    place(std::move(right), kRight - 3, "end");
  }

  static void add_label(std::vector<Label>& labels, Label label) {
    const bool said = std::ranges::any_of(labels, [&](const Label& other) { return other.text == label.text; });
    if (!said) labels.push_back(std::move(label));
  }

  // Above their lines, and below where the picture ends.
  void place(std::vector<Label> labels, double x, const char* anchor) {
    std::ranges::stable_sort(labels, {}, &Label::y);
    double free = kTop;
    for (const Label& label : labels) {
      double y = label.y - 3;
      if (y - kLetters < free) y = std::max(label.y + kLetters - 2, free + kLetters);
      free = y;
      words(x, y, anchor, label.of, label.text);
    }
  }

  // ---- in words ----

  static std::string samples_text(const CurveVerdict& curve) {
    std::string text = fmt::format("{} sample{}", curve.count, curve.count == 1 ? "" : "s");
    if (curve.count == 1) return text + (curve.least.empty() ? ", not known" : ": " + html_safe(curve.least));
    if (curve.least.empty()) return text + ", none of them known";
    text += ", least " + html_safe(curve.least) + ", greatest " + html_safe(curve.greatest);
    return text + ", last " + html_safe(curve.newest.back().second);
  }

  std::string span_text(const decision::WindowVerdict& window) const {
    const std::string from = short_time(window.from);
    return window.from == window.to ? "the sample of " + from : "samples from " + from + " to " + short_time(window.to);
  }

  std::string description() const {
    std::string text;
    for (const CurveVerdict& curve : chart_.curves) text += html_safe(curve.name) + ": " + samples_text(curve) + ". ";
    for (const decision::LimitVerdict& limit : chart_.limits)
      text += "Limit " + html_safe(limit.text) + ": " + html_safe(limit.expr) + ". ";
    for (const decision::BaselineVerdict& baseline : chart_.baselines)
      text += "Baseline " + html_safe(baseline.text) + ". ";
    if (!chart_.windows.empty()) text += "Looked at: " + span_text(chart_.windows.front()) + ".";
    while (text.ends_with(' ')) text.pop_back();
    return text;
  }

  void entry(const std::string& key, const std::string& text) {
    out_ += "<li><svg viewBox=\"0 0 32 14\" aria-hidden=\"true\">" + key + "</svg><span>" + text + "</span></li>\n";
  }
  static std::string key_of(const char* of) { return fmt::format("<path class=\"{}\" d=\"M1,7H31\"/>", of); }

  void legend() {
    out_ += "<ul class=\"legend\">\n";
    for (const CurveVerdict& curve : chart_.curves) {
      const std::string key = curve.is_stable ? key_of("stable") + "<path class=\"square\" d=\"M13,4h6v6h-6z\"/>"
                                              : key_of("line") + "<path class=\"dot\" d=\"M13,7a3,3,0,1,0,6,0a3,3,0,1,0,-6,0\"/>";
      const std::string number = is_numbered_ && !curve.is_stable ? number_of(curve) + ": " : "";
      entry(key, number + html_name(curve.name) + " " + samples_text(curve));
    }
    if (chart_.curves_left_out != 0) entry("", fmt::format("and {} more series", chart_.curves_left_out));
    for (const decision::LimitVerdict& limit : chart_.limits) {
      const std::string moves = limit.line.size() > 1 ? " now" : "";
      const std::string where = is_outside(limit) ? ", not in the picture" : "";
      entry(key_of("limit"), "limit " + html_safe(limit.text) + moves + ": " + html_code(limit.expr) + where);
    }
    for (const decision::BaselineVerdict& baseline : chart_.baselines) {
      const std::string source = baseline.source.empty() ? "" : ", read from " + html_name(baseline.source);
      entry(key_of("baseline"), "baseline " + html_safe(baseline.text) + ": " + html_name(baseline.name) + source);
    }
    windows();
    if (deployed_at_) entry("<path class=\"deployed\" d=\"M16,0V14\"/>", "T, the deployment: " + short_time(*deployed_at_));
    if (has_unknown()) entry("<path class=\"unknown\" d=\"M13,4l6,6m0,-6l-6,6\"/>", "a sample that is not known");
    out_ += "</ul>\n";
  }

  // What was looked at, and by which rules.
  void windows() {
    struct Span {
      const decision::WindowVerdict* window;
      std::string rules;
      std::size_t count = 0;
    };
    std::vector<Span> spans;
    for (const decision::WindowVerdict& window : chart_.windows) {
      auto span = std::ranges::find_if(spans, [&](const Span& known) {
        return known.window->from == window.from && known.window->to == window.to;
      });
      if (span == spans.end()) span = spans.insert(span, Span{&window, "", 0});
      if (++span->count <= kMostTold) span->rules += (span->count == 1 ? "" : ", ") + html_name(window.rule);
    }
    for (std::size_t i = 0; i < std::min(spans.size(), kMostTold); ++i) {
      const auto& [window, rules, count] = spans[i];
      entry(window->from == window->to ? "<path class=\"edge\" d=\"M16,0V14\"/>"
                                       : "<path class=\"window\" d=\"M6,0H26V14H6Z\"/><path class=\"edge\" d=\"M6,0V14M26,0V14\"/>",
            "window: " + span_text(*window) + (is_outside(*window) ? ", not in the picture" : "") + ", looked at by " + rules +
                (count > kMostTold ? fmt::format(" and {} more", count - kMostTold) : ""));
    }
    if (spans.size() > kMostTold) entry("", fmt::format("and {} more windows", spans.size() - kMostTold));
  }

  bool has_unknown() const {
    return std::ranges::any_of(chart_.curves, [](const CurveVerdict& curve) {
      return std::ranges::any_of(curve.points, [](const PointVerdict& point) { return !point.value; });
    });
  }

  void samples() {
    html::Table table{.about = "The last samples drawn of " + html_safe(chart_.name), .columns = {"Time", "Series", "Value"}};
    for (const CurveVerdict& curve : chart_.curves) {
      for (auto sample = curve.newest.rbegin(); sample != curve.newest.rend(); ++sample)
        table.rows.push_back({html_safe(sample->first), html_name(curve.name), html_safe(sample->second)});
    }
    out_ += "<details><summary>The last samples drawn of " + html_safe(chart_.name) + "</summary>\n" + html::table(table) + "</details>\n";
  }

  const ChartVerdict& chart_;
  std::string id_;
  std::optional<std::int64_t> deployed_at_;
  bool is_numbered_ = false;
  double left_ = 0;
  double low_ = 0;
  double high_ = 1;
  std::string out_;
};

}  // namespace

std::string figure(const Figure& figure) { return Picture(figure).run(); }

}  // namespace dpol::reports
