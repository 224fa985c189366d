#include "runtime/prometheus/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace dpol::prometheus {
namespace {

constexpr std::size_t kMostHeaders = 64U << 10U;

// Once for the whole program, and before any thread could be there.
bool start_library() {
  static const bool kStarted = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return kStarted;
}

// What an answer is collected in.
struct Sink {
  HttpAnswer* answer = nullptr;
  std::size_t most_bytes = 0;
  std::size_t header_bytes = 0;
  bool is_too_long = false;
};

std::size_t take_body(const char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& sink = *static_cast<Sink*>(user);
  const std::size_t length = size * count;
  if (length > sink.most_bytes - sink.answer->body.size()) {
    sink.is_too_long = true;
    return 0;
  }
  sink.answer->body.append(bytes, length);
  return length;
}

// The header's value if the line is of that name, in any case.
bool take_value(std::string_view line, std::string_view name, std::string& value) {
  if (line.size() <= name.size() || line[name.size()] != ':') return false;
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  if (!std::equal(name.begin(), name.end(), line.begin(),
                  [&](char b, char a) { return same(a, b); }))
    return false;
  line.remove_prefix(name.size() + 1);
  const std::size_t begin = line.find_first_not_of(" \t");
  const std::size_t end = line.find_last_not_of(" \t\r\n");
  value = begin == std::string_view::npos || end < begin
              ? std::string()
              : std::string(line.substr(begin, end + 1 - begin));
  return true;
}

std::size_t take_header(const char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& sink = *static_cast<Sink*>(user);
  const std::string_view line(bytes, size * count);
  sink.header_bytes += line.size();
  if (sink.header_bytes > kMostHeaders) {
    sink.is_too_long = true;
    return 0;
  }
  if (!take_value(line, "retry-after", sink.answer->retry_after))
    take_value(line, "location", sink.answer->location);
  return line.size();
}

bool is_one_line(const std::string& text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace

struct Http::Connection {
  Connection() : handle(start_library() ? curl_easy_init() : nullptr) {}
  ~Connection() {
    if (handle != nullptr) curl_easy_cleanup(handle);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  CURL* handle;
  std::array<char, CURL_ERROR_SIZE> error{};
};

Http::Http(Access access, HttpLimits limits)
    : connection_(std::make_unique<Connection>()), access_(std::move(access)), limits_(limits) {
  CURL* curl = connection_->handle;
  if (curl == nullptr) return;
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, limits_.connect_ms);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, limits_.total_ms);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, connection_->error.data());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "dpol");
  if (!access_.authority_file.empty())
    curl_easy_setopt(curl, CURLOPT_CAINFO, access_.authority_file.c_str());
  if (!access_.certificate_file.empty())
    curl_easy_setopt(curl, CURLOPT_SSLCERT, access_.certificate_file.c_str());
  if (!access_.key_file.empty()) curl_easy_setopt(curl, CURLOPT_SSLKEY, access_.key_file.c_str());
  if (!access_.token.empty()) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, access_.token.c_str());
  } else if (!access_.user.empty() || !access_.password.empty()) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(curl, CURLOPT_USERNAME, access_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, access_.password.c_str());
  }
}

Http::~Http() = default;

HttpAnswer Http::get(const std::string& url) {
  if (connection_->handle != nullptr) curl_easy_setopt(connection_->handle, CURLOPT_HTTPGET, 1L);
  return run(url);
}

HttpAnswer Http::post(const std::string& url, const std::string& form) {
  if (CURL* curl = connection_->handle; curl != nullptr) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(form.size()));
    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, form.c_str());
  }
  return run(url);
}

// What libcurl or a server says may quote an address or a header.
std::string Http::without_secrets(std::string text) const {
  for (const std::string* secret : {&access_.token, &access_.password}) {
    if (secret->empty()) continue;
    for (std::size_t at = text.find(*secret); at != std::string::npos;
         at = text.find(*secret, at + 3))
      text.replace(at, secret->size(), "***");
  }
  return text;
}

HttpAnswer Http::run(const std::string& url) {
  HttpAnswer answer;
  CURL* curl = connection_->handle;
  if (curl == nullptr) {
    answer.fault = "cannot be asked: no memory for a connection";
    return answer;
  }
  if (!is_one_line(access_.token) || !is_one_line(access_.user) || !is_one_line(access_.password)) {
    answer.fault =
        "cannot be asked: the token, user or password has a line break or a control character";
    return answer;
  }
  Sink sink{&answer, limits_.most_bytes};
  connection_->error[0] = '\0';
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &sink);
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) {
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    // Errors are shown, and some servers quote in them what they were sent.
    if (answer.status != 200) answer.body = without_secrets(std::move(answer.body));
    answer.location = without_secrets(std::move(answer.location));
    return answer;
  }
  const std::string said = without_secrets(
      connection_->error[0] != '\0' ? connection_->error.data() : curl_easy_strerror(code));
  answer.body.clear();
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      answer.fault = "did not answer in time: " + said;
      answer.hint = "ask for less: a shorter range, a recording rule";
      break;
    case CURLE_PEER_FAILED_VERIFICATION:
      answer.fault = "has a certificate that is not trusted: " + said;
      answer.is_untrusted = true;
      break;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      answer.fault = "cannot be asked: a certificate or key of ours cannot be used: " + said;
      break;
    case CURLE_WRITE_ERROR:
      answer.fault = sink.is_too_long
                         ? "answers with more than " + std::to_string(limits_.most_bytes) + " bytes"
                         : said;
      answer.hint = "aggregate in the query";
      break;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
      answer.is_transient = true;
      [[fallthrough]];
    default:
      answer.fault = "cannot be reached: " + said;
      break;
  }
  return answer;
}

namespace {

std::string part_of(CURLU* url, CURLUPart part, unsigned int flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK || text == nullptr) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

}  // namespace

Address read_address(const std::string& text) {
  Address address;
  CURLU* url = start_library() ? curl_url() : nullptr;
  if (url == nullptr) {
    address.fault = "no memory for an address";
    return address;
  }
  if (!is_one_line(text) || curl_url_set(url, CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    address.fault = "is no URL";
  } else if (!part_of(url, CURLUPART_QUERY).empty() || !part_of(url, CURLUPART_FRAGMENT).empty()) {
    address.fault = "has parameters: the address of a server ends with its path";
  } else {
    address.user = part_of(url, CURLUPART_USER, CURLU_URLDECODE);
    address.password = part_of(url, CURLUPART_PASSWORD, CURLU_URLDECODE);
    curl_url_set(url, CURLUPART_USER, nullptr, 0);
    curl_url_set(url, CURLUPART_PASSWORD, nullptr, 0);
    const std::string scheme = part_of(url, CURLUPART_SCHEME);
    address.base = part_of(url, CURLUPART_URL);
    while (address.base.ends_with('/')) address.base.pop_back();
    if (scheme != "http" && scheme != "https") {
      address = {};
      address.fault = "is no address of the web: http:// or https://";
    }
  }
  curl_url_cleanup(url);
  return address;
}

}  // namespace dpol::prometheus
