#include "runtime/inputs/yaml.h"

#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <vector>

#include "runtime/inputs/input_error.h"

namespace dpol::inputs {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

// A decimal number of the core schema without a leading zero.
bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - start;
  };
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++at;
  const std::size_t first = at;
  const std::size_t whole = digits();
  if (whole > 1 && text[first] == '0') return false;
  std::size_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    fraction = digits();
  }
  if (whole + fraction == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

// The core schema's words for what is no finite number, as Decimal knows them.
std::string_view not_finite(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return "NaN";
  if (is_one_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return "+Inf";
  if (is_one_of(text, {"-.inf", "-.Inf", "-.INF"})) return "-Inf";
  return {};
}

// Leaves the parser where its event handler has seen enough.
struct Refusal {
  SyntaxFault fault;
};

class Events : public YAML::EventHandler {
 public:
  Events(std::string_view source, DocumentWriter& writer) : source_(source), writer_(writer) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (seen_) refuse(mark, "a second document begins here; one is expected");
    seen_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (at_key()) return take_key(mark, "null");
    check_colon(mark);
    remember(anchor);
    took(writer_.null(line(mark)));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (at_key()) refuse(mark, "an alias is no key");
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end() || !writer_.is_finished(found->second)) {
      refuse(mark, "an alias inside the value that it stands for");
    }
    const std::uint32_t before = writer_.next_index();
    const bool copied = writer_.copy(found->second);
    aliased_ += writer_.next_index() - before;
    if (aliased_ > kMaxAliasedNodes) {
      refuse(mark, "aliases stand for more than " + std::to_string(kMaxAliasedNodes) + " values");
    }
    took(copied);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    last_scalar_ = mark.pos;
    last_line_ = line(mark);
    if (at_key()) return take_key(mark, value);
    remember(anchor);
    scalar(mark, tag, value);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    if (at_key()) refuse(mark, "a list is no key");
    if (!is_one_of(tag, {"?", "!", "", "tag:yaml.org,2002:seq"})) refuse_tag(mark, tag);
    remember(anchor);
    before_container();
    require(writer_.open_list(line(mark)));
    in_map_.push_back(false);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    if (at_key()) refuse(mark, "a map is no key");
    if (!is_one_of(tag, {"?", "!", "", "tag:yaml.org,2002:map"})) refuse_tag(mark, tag);
    remember(anchor);
    before_container();
    require(writer_.open_map(line(mark)));
    in_map_.push_back(true);
    expect_key_ = true;
  }
  void OnMapEnd() override { close(); }

  // yaml-cpp takes the end of the text for a closing quote in some places; half a string must not
  // pass for a value. Such a string is the last scalar there is.
  void check_last_quote() const {
    if (last_scalar_ < 0 || static_cast<std::size_t>(last_scalar_) >= source_.size()) return;
    const std::string_view rest = source_.substr(static_cast<std::size_t>(last_scalar_));
    const char quote = rest[0];
    if (quote != '"' && quote != '\'') return;
    for (std::size_t i = 1; i < rest.size(); ++i) {
      if (rest[i] == '\\' && quote == '"') {
        ++i;
      } else if (rest[i] == quote) {
        // Inside single quotes a quote is written twice.
        if (quote == '"' || i + 1 == rest.size() || rest[i + 1] != quote) return;
        ++i;
      }
    }
    throw Refusal{{last_line_, "is not YAML: a string without its closing quote"}};
  }

 private:
  static std::uint32_t line(const YAML::Mark& mark) {
    return static_cast<std::uint32_t>(mark.line) + 1;
  }
  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string text) {
    throw Refusal{{line(mark), std::move(text)}};
  }
  [[noreturn]] static void refuse_tag(const YAML::Mark& mark, std::string_view tag) {
    refuse(mark, "the tag " + in_quotes(tag) + " is not read");
  }
  void require(bool accepted) const {
    if (!accepted) throw Refusal{{writer_.fault_line(), writer_.fault_text()}};
  }

  bool at_key() const { return !in_map_.empty() && in_map_.back() && expect_key_; }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    if (key == "<<") refuse(mark, "merge keys (`<<`) are not read; repeat the entries");
    writer_.key(key);
    key_ = key;
    key_position_ = mark.pos;
    expect_key_ = false;
  }

  // yaml-cpp takes a line without ":" inside a block mapping for a key without a value; half a
  // line must not pass for an entry.
  void check_colon(const YAML::Mark& mark) const {
    if (in_map_.empty() || !in_map_.back() || key_position_ < 0) return;
    const auto start = static_cast<std::size_t>(key_position_);
    if (start > source_.size() || source_.substr(start, key_.size()) != key_) return;
    const std::size_t behind = source_.find_first_not_of(" \t", start + key_.size());
    if (behind == std::string_view::npos || source_[behind] != ':') {
      refuse(mark, "expected \":\" behind the key " + in_quotes(key_));
    }
  }

  // After a value that was given whole.
  void took(bool accepted) {
    require(accepted);
    if (!in_map_.empty() && in_map_.back()) expect_key_ = true;
  }
  // The entry whose value opens here continues with a key when it is closed.
  void before_container() { expect_key_ = false; }
  void close() {
    in_map_.pop_back();
    took(writer_.close());
  }

  void remember(YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = writer_.next_index();
  }

  void scalar(const YAML::Mark& mark, std::string_view tag, const std::string& value) {
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag == "!" || tag == "tag:yaml.org,2002:str") {
      took(writer_.string(value, line(mark)));
    } else if (tag == "?" || tag.empty()) {
      if (!typed(mark, value)) took(writer_.string(value, line(mark)));
    } else if (!tag.starts_with(kCore)) {
      refuse_tag(mark, tag);
    } else {
      tagged(mark, tag.substr(kCore.size()), value);
    }
  }

  bool typed(const YAML::Mark& mark, const std::string& value) {
    if (is_one_of(value, {"", "~", "null", "Null", "NULL"})) {
      took(writer_.null(line(mark)));
    } else if (is_one_of(value, {"true", "True", "TRUE"})) {
      took(writer_.boolean(true, line(mark)));
    } else if (is_one_of(value, {"false", "False", "FALSE"})) {
      took(writer_.boolean(false, line(mark)));
    } else if (is_number(value)) {
      took(writer_.number(value, line(mark)));
    } else if (const auto word = not_finite(value); !word.empty()) {
      took(writer_.string(word, line(mark)));
    } else {
      return false;
    }
    return true;
  }

  // A tag must say what the value is anyway: it is no conversion.
  void tagged(const YAML::Mark& mark, std::string_view tag, const std::string& value) {
    const bool null = is_one_of(value, {"", "~", "null", "Null", "NULL"});
    const bool truth = is_one_of(value, {"true", "True", "TRUE", "false", "False", "FALSE"});
    const bool number = is_number(value);
    const bool whole = number && value.find_first_of(".eE") == std::string::npos;
    const bool agrees = (tag == "null" && null) || (tag == "bool" && truth) ||
                        (tag == "int" && whole) ||
                        (tag == "float" && (number || !not_finite(value).empty()));
    if (!is_one_of(tag, {"null", "bool", "int", "float"})) refuse_tag(mark, tag);
    if (!agrees) {
      refuse(mark,
             "the tag `!!" + std::string(tag) + "` does not fit the value " + in_quotes(value));
    }
    typed(mark, value);
  }

  std::string_view source_;
  DocumentWriter& writer_;
  std::vector<bool> in_map_;  // of each open list or map
  bool expect_key_ = false;
  bool seen_ = false;
  std::string key_;
  int key_position_ = -1;
  int last_scalar_ = -1;
  std::uint32_t last_line_ = 0;
  std::size_t aliased_ = 0;
  std::unordered_map<YAML::anchor_t, std::uint32_t> anchors_;
};

// The scanner keeps every token of an unclosed flow collection before the first event comes, so
// deep nesting is stopped before it. Brackets inside strings count too: a text of this many that
// are never closed is no list of facts.
std::optional<std::uint32_t> find_deep_nesting(std::string_view text) {
  constexpr std::size_t kMostOpen = 5 * kMaxDocumentDepth;
  std::size_t open = 0;
  std::uint32_t line = 1;
  for (const char c : text) {
    if (c == '\n') ++line;
    if (c == '[' || c == '{') ++open;
    if ((c == ']' || c == '}') && open > 0) --open;
    if (open > kMostOpen) return line;
  }
  return std::nullopt;
}

bool refuse(SyntaxFault& fault, std::uint32_t line, std::string text) {
  fault = {line, std::move(text)};
  return false;
}

bool parse(std::string_view text, Document& document, SyntaxFault& fault) {
  DocumentWriter writer(document);
  Events events(text, writer);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) {
    }
    events.check_last_quote();
  } catch (const Refusal& refusal) {
    fault = refusal.fault;
    return false;
  } catch (const YAML::Exception& error) {
    return refuse(fault, static_cast<std::uint32_t>(std::max(0, error.mark.line + 1)),
                  "is not YAML: " + printable(error.msg));
  } catch (const std::exception& error) {
    return refuse(fault, 0, std::string("is not YAML: ") + error.what());
  }
  if (!writer.is_complete()) return refuse(fault, 0, "holds no value");
  return true;
}

}  // namespace

bool read_yaml(std::string_view text, Document& document, SyntaxFault& fault) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.size() > kMaxYamlBytes) {
    return refuse(fault, 0,
                  "is larger than " + std::to_string(kMaxYamlBytes >> 20) +
                      " MiB, the limit for YAML; JSON may be larger");
  }
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return refuse(fault, 0, "is not YAML: it is not UTF-8");
  }
  if (const auto line = find_deep_nesting(text)) {
    return refuse(fault, *line,
                  "nested deeper than " + std::to_string(kMaxDocumentDepth) + " levels");
  }
  return parse(text, document, fault);
}

}  // namespace dpol::inputs
