#include "runtime/inputs/input_error.h"

#include <array>

#include "runtime/inputs/redact.h"

namespace dpol::inputs {
namespace {

constexpr std::size_t kQuotedBytes = 60;

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  if (!continues(1)) return 0;
  if (first < 0xE0) return 2;
  if (!continues(2)) return 0;
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  const bool overlong = first == 0xF0 && byte(1) < 0x90;
  const bool too_large = first == 0xF4 && byte(1) >= 0x90;
  return overlong || too_large || !continues(3) ? 0 : 4;
}

void append_hex(std::string& out, std::string_view prefix, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out.append(prefix);
  out += kDigits[byte >> 4];
  out += kDigits[byte & 0xF];
}

// One character, escaped where a terminal or a report could take it for something else. The
// controls U+0080..U+009F are among them: some terminals obey them.
void append_character(std::string& out, std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 2 && first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0) {
    append_hex(out, "\\u00", static_cast<unsigned char>(sequence[1]));
    return;
  }
  if (sequence.size() > 1 || (first >= 0x20 && first != 0x7F)) {
    out.append(sequence);
    return;
  }
  switch (first) {
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      append_hex(out, "\\u00", first);
  }
}

std::string escaped(std::string_view text, std::size_t most, bool quotes) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= most) return out + "…";
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      append_hex(out, "\\x", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    if (quotes && (text[0] == '"' || text[0] == '\\')) out += '\\';
    append_character(out, text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

std::string place_text(const std::string& file, std::uint32_t line) {
  std::string text = printable(file);
  if (line != 0) text.append(text.empty() ? "line " : ":").append(std::to_string(line));
  if (!text.empty()) text += ": ";
  return text;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  out += escaped(text, kQuotedBytes, true);
  out += '"';
  return out;
}

std::string printable(std::string_view text) { return escaped(text, std::string::npos, false); }

std::string listed(const std::vector<std::string>& names, std::string_view last_word,
                   std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == most) return text + ", …";
    if (i > 0) {
      const bool last = i + 1 == names.size();
      text.append(last ? " " : ", ").append(last ? last_word : "").append(last ? " " : "");
    }
    text += names[i];
  }
  return text;
}

std::string InputError::to_text() const {
  std::string text = place_text(file, line);
  if (!path.empty()) text.append(path).append(": ");
  if (!expected.empty()) text.append("expected ").append(expected);
  if (!expected.empty() && !found.empty()) text += ", found ";
  text += found;
  if (!hint.empty()) text.append("; ").append(hint);
  return text;
}

std::string Note::to_text() const { return place_text(file, line) + text; }

void InputErrors::begin(std::string_view name) {
  close_input();
  file_ = redact(name);
}

void InputErrors::add(InputError error) {
  if (++of_this_input_ > kMostPerInput) return;
  error.file = error.file.empty() ? file_ : redact(error.file);
  error.found = redact(error.found);
  errors_.push_back(std::move(error));
}

void InputErrors::close_input() {
  if (of_this_input_ > kMostPerInput) {
    InputError more;
    more.file = file_;
    more.found = "and " + std::to_string(of_this_input_ - kMostPerInput) + " problems more";
    errors_.push_back(std::move(more));
  }
  of_this_input_ = 0;
}

std::vector<InputError> InputErrors::take() {
  close_input();
  return std::move(errors_);
}

}  // namespace dpol::inputs
