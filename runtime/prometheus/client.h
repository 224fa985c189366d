// Client: asks a Prometheus server, or what speaks its HTTP API.
//
// Promises
//  - One round trip for a query, and up to Retry::most more where the server or the way to it fails
//    for the moment: no connection, 429, 5xx. The pauses double, and are those that the server asks
//    for, up to a bound.
//  - A server that is not there is asked once: what is asked of it later is not answered, and only
//    the first answer says why.
//  - What the server says of an error is handed on as its answer; whoever reads answers knows it.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "runtime/inputs/queries.h"
#include "runtime/prometheus/http.h"

namespace dpol::prometheus {

struct Retry {
  int most = 3;
  std::chrono::milliseconds first_pause{500};
  std::chrono::milliseconds longest_pause{10'000};
  std::function<void(std::chrono::milliseconds)> wait;  // none: sleeps
};

struct Server {
  std::string address;
  Access access;
  HttpLimits limits;
  Retry retry;
  // What to do where the server knows nobody of that name, and where its certificate is unknown.
  std::string when_denied, when_untrusted;
};

// What an answer is called: "https://prometheus.example (error_rate.stable)"; without secrets.
std::string answer_name(const std::string& address, const inputs::Query& query);

class Client {
 public:
  explicit Client(Server server);
  inputs::Answer ask(const inputs::Query& query);

 private:
  HttpAnswer request(const inputs::Query& query);
  HttpAnswer request_again(const inputs::Query& query);
  void judge(HttpAnswer& http, inputs::Answer& answer);

  Server server_;
  Address address_;
  Http http_;
  bool is_gone_ = false;
};

}  // namespace dpol::prometheus
