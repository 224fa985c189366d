#include "runtime/inputs/redact.h"

#include <algorithm>
#include <array>

namespace dpol::inputs {
namespace {

constexpr std::string_view kMask = "***";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_word(char c) {
  c = lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

// Ends a URL or a parameter's value.
bool is_end(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' ||
         c == '`';
}

// A parameter with such a part in its name carries a secret.
constexpr std::array<std::string_view, 12> kSecretParts = {
    "token",   "password",  "passwd",     "secret",     "apikey", "api_key",
    "api-key", "signature", "credential", "access_key", "bearer", "authorization"};
// These say it only as the whole name.
constexpr std::array<std::string_view, 5> kSecretNames = {"key", "auth", "sig", "pass", "pwd"};

std::string small(std::string_view name) {
  std::string out(name);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool holds_secret_part(std::string_view name) {
  const std::string text = small(name);
  return std::ranges::any_of(kSecretParts, [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

bool is_secret_name(std::string_view name) {
  return std::ranges::find(kSecretNames, small(name)) != kSecretNames.end() || holds_secret_part(name);
}

// Where the user information of the authority that begins at `start` ends ("@"), or npos.
std::size_t end_of_user(std::string_view text, std::size_t start) {
  std::size_t end = std::string_view::npos;
  for (std::size_t i = start; i < text.size() && !is_end(text[i]); ++i) {
    if (text[i] == '/' || text[i] == '?' || text[i] == '#') break;
    // The last "@" counts: a password may hold one that nobody escaped.
    if (text[i] == '@') end = i;
  }
  return end;
}

std::string without_users(std::string_view text) {
  std::string out;
  constexpr std::string_view kScheme = "://";
  for (;;) {
    const std::size_t scheme = text.find(kScheme);
    if (scheme == std::string_view::npos) return out.append(text);
    const std::size_t start = scheme + kScheme.size();
    out.append(text.substr(0, start));
    const std::size_t end = end_of_user(text, start);
    if (end != std::string_view::npos) out.append(kMask);
    text.remove_prefix(end == std::string_view::npos ? start : end);
  }
}

std::string without_parameters(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) break;
    std::size_t name = equals;
    while (name > at && is_word(text[name - 1])) --name;
    out.append(text.substr(at, equals + 1 - at));
    at = equals + 1;
    const bool is_parameter = name > 0 && (text[name - 1] == '?' || text[name - 1] == '&' ||
                                           text[name - 1] == '#' || text[name - 1] == ';');
    if (!is_parameter || !is_secret_name(text.substr(name, equals - name))) continue;
    while (at < text.size() && text[at] != '&' && text[at] != '#' && !is_end(text[at])) ++at;
    out.append(kMask);
  }
  return out.append(text.substr(at));
}

// What follows the colon: a text in quotes, a word, or what a list or map in braces holds.
std::size_t end_of_value(std::string_view line, std::size_t at) {
  if (at >= line.size()) return at;
  const char quote = line[at];
  if (quote == '"' || quote == '\'') {
    for (std::size_t i = at + 1; i < line.size(); ++i) {
      if (line[i] == '\\') ++i;
      else if (line[i] == quote) return i + 1;
    }
    return line.size();
  }
  // Without quotes a value may hold blanks, in a header and in YAML; in JSON it ends before these.
  if (quote == '[' || quote == '{') return line.size();
  return std::min(line.find_first_of(",}]", at), line.size());
}

std::string without_values(std::string_view line) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t colon = line.find(':'); colon != std::string_view::npos; colon = line.find(':', std::max(colon + 1, at))) {
    std::size_t end = colon;
    while (end > at && (line[end - 1] == ' ' || line[end - 1] == '"' || line[end - 1] == '\'')) --end;
    std::size_t name = end;
    while (name > at && is_word(line[name - 1])) --name;
    if (!holds_secret_part(line.substr(name, end - name))) continue;
    std::size_t value = colon + 1;
    while (value < line.size() && line[value] == ' ') ++value;
    out.append(line.substr(at, value - at));
    if (value < line.size()) out.append(kMask);
    at = end_of_value(line, value);
  }
  return out.append(line.substr(std::min(at, line.size())));
}

}  // namespace

std::string redact_line(std::string_view line) { return without_values(redact(line)); }

std::string redact(std::string_view text) { return without_parameters(without_users(text)); }

}  // namespace dpol::inputs
