#include "runtime/prometheus/client.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "runtime/inputs/input_error.h"
#include "runtime/inputs/redact.h"
#include "runtime/program/uri_text.h"

namespace dpol::prometheus {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t kLongestUrl = 4'000;
constexpr vm::Instant kMillisecond = 1'000'000;

// Seconds with the three digits that the API knows.
std::string seconds_text(vm::Instant time) {
  const vm::Instant all = time / kMillisecond;
  const vm::Instant rest = all % 1000;
  const bool negative = all < 0;
  std::string fraction = std::to_string(negative ? -rest : rest);
  while (fraction.size() < 3) fraction.insert(fraction.begin(), '0');
  const vm::Instant whole = all / 1000;
  return (negative && whole == 0 ? "-" : "") + std::to_string(whole) + "." + fraction;
}

bool is_passing(const HttpAnswer& answer) {
  return answer.is_transient || answer.status == 429 || answer.status >= 500;
}

// Seconds; a date says nothing, as that would take a clock.
std::optional<milliseconds> asked_pause(const std::string& text) {
  if (text.empty() || text.size() > 6) return std::nullopt;
  milliseconds::rep seconds = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    seconds = seconds * 10 + (c - '0');
  }
  return milliseconds(seconds * 1000);
}

// Of the server's own errors.
bool is_answer(const std::string& body) {
  return body.starts_with('{') && body.find("\"status\"") != std::string::npos &&
         body.find("\"error\"") != std::string::npos;
}

Access with_user(Access access, const Address& address) {
  if (access.token.empty() && !address.user.empty()) {
    access.user = address.user;
    access.password = address.password;
  }
  return access;
}

}  // namespace

std::string answer_name(const std::string& text, const inputs::Query& query) {
  const Address address = read_address(text);
  return inputs::printable(address.fault.empty() ? address.base : inputs::redact(text)) + " (" + query.name + ")";
}

Client::Client(Server server)
    : server_(std::move(server)),
      address_(read_address(server_.address)),
      http_(with_user(server_.access, address_), server_.limits) {}

inputs::Answer Client::ask(const inputs::Query& query) {
  inputs::Answer answer;
  answer.file.name = answer_name(server_.address, query);
  if (is_gone_) return answer;
  if (!address_.fault.empty()) {
    is_gone_ = true;
    answer.fault = address_.fault;
    return answer;
  }
  HttpAnswer http = request_again(query);
  judge(http, answer);
  return answer;
}

HttpAnswer Client::request(const inputs::Query& query) {
  std::string form = "query=" + program::percent_encoded(query.text);
  if (query.step == 0) {
    form += "&time=" + seconds_text(query.to);
  } else {
    form += "&start=" + seconds_text(query.from) + "&end=" + seconds_text(query.to) +
            "&step=" + seconds_text(query.step);
  }
  const std::string url =
      address_.base + (query.step == 0 ? "/api/v1/query" : "/api/v1/query_range");
  if (url.size() + form.size() < kLongestUrl) return http_.get(url + "?" + form);
  return http_.post(url, form);
}

HttpAnswer Client::request_again(const inputs::Query& query) {
  milliseconds pause = server_.retry.first_pause;
  for (int tries = 0;; ++tries) {
    HttpAnswer answer = request(query);
    if (!is_passing(answer) || tries >= server_.retry.most) return answer;
    const milliseconds wanted = asked_pause(answer.retry_after).value_or(pause);
    if (wanted > server_.retry.longest_pause) return answer;
    if (server_.retry.wait) {
      server_.retry.wait(wanted);
    } else {
      std::this_thread::sleep_for(wanted);
    }
    pause = std::min(pause * 2, server_.retry.longest_pause);
  }
}

void Client::judge(HttpAnswer& http, inputs::Answer& answer) {
  if (http.status == 0) {
    is_gone_ = true;
    answer.fault = std::move(http.fault);
    answer.hint = http.is_untrusted ? server_.when_untrusted : std::move(http.hint);
    return;
  }
  if (http.status == 200 || is_answer(http.body)) {
    answer.is_there = true;
    answer.file.bytes = std::move(http.body);
    return;
  }
  answer.fault = "answers with status " + std::to_string(http.status);
  if (http.status == 401 || http.status == 403) {
    is_gone_ = true;
    answer.fault += ": who asks is not allowed to";
    answer.hint = server_.when_denied;
  } else if (http.status >= 300 && http.status < 400) {
    is_gone_ = true;
    answer.fault += " and sends elsewhere, which is not followed";
    if (!http.location.empty())
      answer.fault += ": " + inputs::in_quotes(inputs::redact(http.location));
    answer.hint = "give the address where it answers";
  } else if (http.status == 404) {
    is_gone_ = true;
    answer.fault += ": there is no Prometheus at this address";
    answer.hint = "the address is the one under which /api/v1/query is found";
  } else if (http.status == 429 || http.status >= 500) {
    is_gone_ = true;
    if (!http.retry_after.empty())
      answer.hint = "it asks to be left alone for " +
                    inputs::printable(http.retry_after.substr(0, 40)) + " s";
  }
}

}  // namespace dpol::prometheus
