// What a program tells Prometheus of itself: the text exposition format, and OpenMetrics, which
// ends with
// "# EOF" and counts time in seconds instead of milliseconds. Lines without a time are of the
// moment the document was taken, which is now.

#include <algorithm>

#include "runtime/inputs/formats.h"
#include "runtime/inputs/series.h"

namespace dpol::inputs {

namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kEnd = "# EOF";

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool is_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

// One line, read from its beginning.
class Line {
 public:
  explicit Line(std::string_view text) : text_(text) {}

  void skip_blanks() {
    while (at_ < text_.size() && kBlanks.find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool at_end() {
    skip_blanks();
    return at_ >= text_.size();
  }
  std::string name() {
    skip_blanks();
    const std::size_t begin = at_;
    if (at_ < text_.size() && begins_name(text_[at_]))
      while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  // Between double quotes: \\ \" \n. Nothing where it does not end.
  std::optional<std::string> quoted() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return out;
      if (c != '\\' || at_ >= text_.size()) {
        out += c;
        continue;
      }
      const char next = text_[at_++];
      if (next != '\\' && next != '"' && next != 'n') out += '\\';
      out += next == 'n' ? '\n' : next;
    }
    return std::nullopt;
  }
  std::string_view word() {
    skip_blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && kBlanks.find(text_[at_]) == std::string_view::npos) ++at_;
    return text_.substr(begin, at_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

struct Exposed {
  std::string name;
  std::map<std::string, std::string> labels;
  std::string_view number;
  std::string_view time;  // "": none
};

// name="value", … up to "}"; of Prometheus 3 also the name of the metric, between quotes.
bool read_labels(Line& line, Exposed& out, std::string& expected) {
  for (;;) {
    if (line.take('}')) return true;
    const auto quoted = line.quoted();
    const std::string name = quoted ? *quoted : line.name();
    if (line.take('=')) {
      const auto value = line.quoted();
      if (!value || name.empty()) {
        expected = "labels such as {job=\"shop\"}";
        return false;
      }
      if (!out.labels.emplace(name, *value).second) {
        expected = "each label once, and not " + in_quotes(name) + " again";
        return false;
      }
    } else if (quoted && out.name.empty()) {
      out.name = name;
    } else {
      expected = "labels such as {job=\"shop\"}";
      return false;
    }
    if (line.take(',')) continue;
    if (line.take('}')) return true;
    expected = "a comma or } behind a label";
    return false;
  }
}

// name{labels} number [time] [# exemplar]
bool read_line(std::string_view text, Exposed& out, bool& has_exemplar, std::string& expected) {
  Line line(text);
  out.name = line.name();
  if (line.take('{') && !read_labels(line, out, expected)) return false;
  if (out.name.empty()) {
    expected = "the name of a metric";
    return false;
  }
  out.number = line.word();
  if (out.number.empty()) {
    expected = "a number behind " + printable(out.name);
    return false;
  }
  if (!line.at_end() && !line.take('#')) {
    out.time = line.word();
    has_exemplar = line.take('#');
    if (has_exemplar || line.at_end()) return true;
    expected = "the end of the line behind the time";
    return false;
  }
  has_exemplar = !line.at_end();
  return true;
}

bool is_comment(std::string_view line) { return trimmed(line).starts_with('#'); }

// Calls `see(line, number)` for each line that is not blank until it answers false.
template <class See>
void each_line(std::string_view bytes, See see) {
  std::uint32_t number = 1;
  for (std::size_t at = 0; at < bytes.size(); ++number) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string_view line = trimmed(bytes.substr(at, end - at));
    if (!line.empty() && !see(line, number)) return;
    at = end + 1;
  }
}

class ExpositionReader {
 public:
  ExpositionReader(std::string_view bytes, MetricSink& metrics) : metrics_(metrics) {
    const std::string_view all = trimmed_lines(bytes);
    is_open_ = all == kEnd || all.ends_with("\n# EOF");
    bytes_ = bytes;
  }

  void read() {
    each_line(bytes_, [this](std::string_view line, std::uint32_t number) {
      return is_comment(line) ? see_comment(line, number) : see_series(line, number);
    });
    if (!metrics_.failed()) bind_series(all_, metrics_);
  }

 private:
  static std::string_view trimmed_lines(std::string_view bytes) {
    const std::size_t end = bytes.find_last_not_of(" \t\r\n");
    return end == std::string_view::npos ? std::string_view() : bytes.substr(0, end + 1);
  }

  bool fail(std::uint32_t line, std::string expected, std::string found, std::string hint = "") {
    metrics_.fail(line, "", {std::move(expected), std::move(found), std::move(hint)});
    return false;
  }

  bool see_comment(std::string_view line, std::uint32_t number) {
    if (line == kEnd) ended_ = number;
    return true;
  }

  bool see_series(std::string_view text, std::uint32_t number) {
    if (ended_ != 0) return fail(number, "nothing behind # EOF", in_quotes(text));
    Exposed line;
    bool has_exemplar = false;
    std::string expected;
    if (!read_line(text, line, has_exemplar, expected))
      return fail(number, expected, in_quotes(text));
    if (has_exemplar && !is_open_)
      return fail(number, "# EOF at the end, as this is OpenMetrics", "none",
                  "is the document cut off?");
    NamedSeries::Point point{std::nullopt, std::string(line.number), number};
    if (!line.time.empty() && !read_time(line.time, number, point)) return false;
    return add(std::move(line), std::move(point));
  }

  bool read_time(std::string_view text, std::uint32_t line, NamedSeries::Point& point) {
    std::string seconds(text);
    if (!is_open_) {
      // Milliseconds; as a Decimal they are exact in seconds.
      const auto milliseconds = program::Decimal::parse(text);
      program::Decimal scaled;
      if (!milliseconds ||
          !program::Decimal::div(*milliseconds, program::Decimal::from_int64(1000), scaled))
        return fail(line, "milliseconds since 1970", in_quotes(text));
      seconds = scaled.to_string();
    }
    Mismatch mismatch;
    point.time = read_instant(seconds, false, mismatch);
    if (point.time) return true;
    return fail(line, mismatch.expected, in_quotes(text), mismatch.hint);
  }

  bool add(Exposed line, NamedSeries::Point point) {
    const std::string key = line.name + labels_text(line.labels);
    const auto [place, is_new] = by_key_.try_emplace(key, all_.size());
    if (is_new) {
      all_.push_back({std::move(line.name), {}, std::move(line.labels), {}, {}, {}, point.line});
    }
    NamedSeries& series = all_[place->second];
    const bool again = !series.points.empty() && series.points.back().time == point.time;
    if (again && series.points.back().number != point.number)
      return fail(
          point.line, "each series once",
          key + " with another number than in line " + std::to_string(series.points.back().line));
    if (!again) series.points.push_back(std::move(point));
    return true;
  }

  MetricSink& metrics_;
  std::string_view bytes_;
  bool is_open_ = false;     // OpenMetrics
  std::uint32_t ended_ = 0;  // the line of # EOF
  std::vector<NamedSeries> all_;
  std::map<std::string, std::size_t> by_key_;
};

}  // namespace

bool recognise_prometheus_text(const Candidate& candidate) {
  if (candidate.shape != Shape::text) return false;
  bool is_it = false;
  each_line(candidate.file.bytes, [&](std::string_view line, std::uint32_t) {
    if (is_comment(line)) {
      const std::string_view word = trimmed(trimmed(line).substr(1));
      is_it = line == kEnd || word.starts_with("HELP") || word.starts_with("TYPE") ||
              word.starts_with("UNIT");
      return !is_it;
    }
    Exposed series;
    bool has_exemplar = false;
    std::string expected;
    program::Decimal number;  // or NaN, or infinite
    is_it = read_line(line, series, has_exemplar, expected) &&
            program::Decimal::parse(series.number, number) != program::NumberError::malformed;
    return false;
  });
  return is_it;
}

void read_prometheus_text(const Candidate& candidate, MetricSink& metrics) {
  ExpositionReader(candidate.file.bytes, metrics).read();
}

}  // namespace dpol::inputs
