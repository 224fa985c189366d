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
constexpr std::array<std::string_view, 11> kSecretParts = {
    "token",   "password",  "passwd",     "secret",     "apikey", "api_key",
    "api-key", "signature", "credential", "access_key", "bearer"};
// These say it only as the whole name.
constexpr std::array<std::string_view, 5> kSecretNames = {"key", "auth", "sig", "pass", "pwd"};

bool is_secret_name(std::string_view name) {
  std::string small(name);
  std::ranges::transform(small, small.begin(), lower);
  return std::ranges::find(kSecretNames, small) != kSecretNames.end() ||
         std::ranges::any_of(kSecretParts, [&small](std::string_view part) {
           return small.find(part) != std::string::npos;
         });
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

}  // namespace

std::string redact(std::string_view text) { return without_parameters(without_users(text)); }

}  // namespace dpol::inputs
