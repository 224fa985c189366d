// On-demand parsing validates only what is asked for. So everything is asked for: each string is
// unescaped, each literal and number is compared with the grammar here, and the end of the text is
// checked. When simdjson refuses, which it does without saying where, nlohmann's parser reads the
// text once more for the place and the reason.

#include "runtime/inputs/json.h"

#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/inputs/input_error.h"

namespace dpol::inputs {
namespace {

namespace ondemand = simdjson::ondemand;
static_assert(JsonReader::kPadding >= simdjson::SIMDJSON_PADDING);

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t\r\n";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 8259, section 6.
bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > start;
  };
  if (text.starts_with('-')) ++at;
  const bool zero = at < text.size() && text[at] == '0';
  if (zero) {
    ++at;
  } else if (!digits()) {
    return false;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

std::string_view without_blanks_behind(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kBlanks);
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

// Walks a document from front to back into a DocumentWriter.
class Walk {
 public:
  Walk(std::string_view text, std::uint32_t first_line, DocumentWriter& writer)
      : writer_(writer),
        counted_(text.data()),
        end_(text.data() + text.size()),
        line_(first_line) {}

  bool document(ondemand::document& root) {
    std::string_view token;
    if (root.raw_json_token().get(token) != simdjson::SUCCESS || token.empty()) return false;
    const bool nests = token[0] == '[' || token[0] == '{';
    if (!node(root, token)) return false;
    if (!nests) return token.data() + token.size() == end_;
    return root.current_location().error() == simdjson::OUT_OF_BOUNDS;
  }

  std::uint32_t line() const { return line_; }

 private:
  // `at` never moves backwards.
  std::uint32_t line_of(const char* at) {
    line_ += static_cast<std::uint32_t>(std::count(counted_, at, '\n'));
    counted_ = at;
    return line_;
  }

  bool value(ondemand::value child) {
    const std::string_view token = child.raw_json_token();
    return !token.empty() && node(child, token);
  }

  template <typename Source>
  bool node(Source& source, std::string_view token) {
    const std::uint32_t line = line_of(token.data());
    switch (token[0]) {
      case '{':
        return map(source, line);
      case '[':
        return list(source, line);
      case '"':
        return string(source, line);
      default:
        return word(without_blanks_behind(token), line);
    }
  }

  bool word(std::string_view token, std::uint32_t line) {
    if (token == "null") return writer_.null(line);
    if (token == "true") return writer_.boolean(true, line);
    if (token == "false") return writer_.boolean(false, line);
    return is_number(token) && writer_.number(token, line);
  }

  template <typename Source>
  bool string(Source& source, std::uint32_t line) {
    std::string_view text;
    return source.get_string().get(text) == simdjson::SUCCESS && is_clean(text) &&
           writer_.string(text, line);
  }

  // Escapes can spell half of a surrogate pair, which UTF-8 has no bytes for.
  static bool is_clean(std::string_view text) {
    return text.find('\xED') == std::string_view::npos ||
           simdjson::validate_utf8(text.data(), text.size());
  }

  template <typename Source>
  bool list(Source& source, std::uint32_t line) {
    if (!writer_.open_list(line)) return false;
    ondemand::array items;
    if (source.get_array().get(items) != simdjson::SUCCESS) return false;
    for (auto item : items) {
      ondemand::value child;
      if (std::move(item).get(child) != simdjson::SUCCESS || !value(child)) return false;
    }
    return writer_.close();
  }

  template <typename Source>
  bool map(Source& source, std::uint32_t line) {
    if (!writer_.open_map(line)) return false;
    ondemand::object fields;
    if (source.get_object().get(fields) != simdjson::SUCCESS) return false;
    for (auto field : fields) {
      ondemand::field entry;
      std::string_view key;
      if (std::move(field).get(entry) != simdjson::SUCCESS ||
          entry.unescaped_key().get(key) != simdjson::SUCCESS || !is_clean(key)) {
        return false;
      }
      writer_.key(key);
      if (!value(entry.value())) return false;
    }
    return writer_.close();
  }

  DocumentWriter& writer_;
  const char* counted_;
  const char* end_;
  std::uint32_t line_;
};

// Takes no value; remembers the first error.
class FaultFinder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    position_ = position;
    reason_ = error.what();
    return false;
  }

  std::size_t position() const { return position_; }
  const std::string& reason() const { return reason_; }

 private:
  std::size_t position_ = 0;
  std::string reason_;
};

// Of "[json…] parse error at line 1, column 2: syntax error while parsing value - reason; last
// read: '…'; expected …" what a reader needs.
std::string short_reason(std::string_view reason) {
  const std::size_t dash = reason.find(" - ");
  if (dash != std::string_view::npos) reason.remove_prefix(dash + 3);
  constexpr std::string_view kLastRead = "; last read: '";
  const std::size_t read = reason.find(kLastRead);
  if (read == std::string_view::npos) return printable(reason);
  std::string_view tail = reason.substr(read + kLastRead.size());
  const std::size_t expected = tail.rfind("'; expected ");
  std::string text = printable(reason.substr(0, read));
  if (expected != std::string_view::npos) text += printable(tail.substr(expected + 1));
  tail = tail.substr(0, expected == std::string_view::npos ? tail.rfind('\'') : expected);
  constexpr std::size_t kShown = 24;
  if (tail.size() > kShown) {
    tail.remove_prefix(tail.size() - kShown);
    while (!tail.empty() && (static_cast<unsigned char>(tail[0]) & 0xC0) == 0x80) {
      tail.remove_prefix(1);
    }
  }
  return text + ", near " + in_quotes(tail);
}

SyntaxFault find_fault(std::string_view text, std::uint32_t first_line, std::uint32_t reached,
                       simdjson::error_code code) {
  FaultFinder finder;
  nlohmann::json::sax_parse(text.begin(), text.end(), &finder);
  SyntaxFault fault;
  // What has no place for a large number stops at one, before the fault that is looked for.
  const bool stopped_early = finder.reason().find("out_of_range") != std::string::npos;
  if (finder.reason().empty() || stopped_early) {
    fault.line = reached;
    fault.text = "is not JSON: ";
    fault.text += simdjson::error_message(code);
    return fault;
  }
  // The position counts the byte that was read last.
  const std::size_t before = finder.position() == 0 ? 0 : finder.position() - 1;
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(before, text.size()));
  fault.line = first_line + static_cast<std::uint32_t>(std::count(text.begin(), end, '\n'));
  fault.text = "is not JSON: " + short_reason(finder.reason());
  return fault;
}

}  // namespace

struct JsonReader::State {
  ondemand::parser parser{kMaxDocumentBytes + kPadding};
  std::string copy;
};

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

bool JsonReader::read(std::string_view text, Document& document, SyntaxFault& fault,
                      std::uint32_t first_line) {
  state_->copy.assign(text);
  state_->copy.append(kPadding, ' ');
  return read_padded(std::string_view(state_->copy).substr(0, text.size()), document, fault,
                     first_line);
}

bool JsonReader::read_padded(std::string_view text, Document& document, SyntaxFault& fault,
                             std::uint32_t first_line) {
  if (text.size() > kMaxDocumentBytes) {
    fault = {0, "is larger than " + std::to_string(kMaxDocumentBytes >> 20) + " MiB"};
    return false;
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  DocumentWriter writer(document);
  Walk walk(text, first_line, writer);

  ondemand::parser& parser = state_->parser;
  simdjson::error_code code = simdjson::SUCCESS;
  if (parser.capacity() < text.size()) {
    // Doubled, since lines of slowly growing length would allocate at each.
    const std::size_t wanted =
        std::min(std::max(text.size(), 2 * parser.capacity()), parser.max_capacity());
    code = parser.allocate(wanted, kMaxDocumentDepth + 2);
  }
  ondemand::document root;
  if (code == simdjson::SUCCESS) {
    code = parser.iterate(text.data(), text.size(), text.size() + kPadding).get(root);
  }
  if (code == simdjson::SUCCESS && walk.document(root) && writer.is_complete()) return true;
  if (writer.fault() != DocumentFault::none) {
    fault = {writer.fault_line(), writer.fault_text()};
  } else {
    if (code == simdjson::SUCCESS) code = simdjson::TAPE_ERROR;
    fault = find_fault(text, first_line, walk.line(), code);
  }
  return false;
}

}  // namespace dpol::inputs
