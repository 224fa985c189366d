// Http: one HTTP request at a time to one server, over a connection that is kept.
//
// Promises
//  - Bounded: the time to connect and the time of the whole request, and the bytes of an answer,
//  which
//    are counted while they come.
//  - No redirect is followed, no proxy, no .netrc and no variable of the environment is heeded:
//  where
//    a secret goes is what the caller says.
//  - A certificate has to be valid, and for this host.
//  - No secret is part of a text that comes out of it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace dpol::prometheus {

// Who asks, and what it trusts. Each may be "".
struct Access {
  std::string token;           // a bearer token
  std::string user, password;  // or these
  std::string
      authority_file;  // PEM: who signs the server's certificate; "": whom the system trusts
  std::string certificate_file;  // PEM: of whoever asks
  std::string key_file;
};

struct HttpLimits {
  long connect_ms = 5'000;
  long total_ms = 30'000;
  std::size_t most_bytes = std::size_t{64} << 20U;
};

struct HttpAnswer {
  long status = 0;  // 0: there is none
  std::string body;
  std::string retry_after;  // headers
  std::string location;
  std::string fault;  // why there is none
  std::string hint;
  bool is_transient = false;  // the fault may be gone in a moment
  bool is_untrusted = false;  // the fault is the certificate of the server
};

class Http {
 public:
  explicit Http(Access access, HttpLimits limits = {});
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  HttpAnswer get(const std::string& url);
  // application/x-www-form-urlencoded.
  HttpAnswer post(const std::string& url, const std::string& form);

 private:
  struct Connection;
  HttpAnswer run(const std::string& url);
  std::string without_secrets(std::string text) const;
  std::unique_ptr<Connection> connection_;
  Access access_;
  HttpLimits limits_;
};

// The address of a server as it was given, taken apart.
struct Address {
  std::string base;            // scheme, host, port and path, without a slash at its end
  std::string user, password;  // that it held
  std::string fault;           // why it is none; then the rest is empty
};
Address read_address(const std::string& text);

}  // namespace dpol::prometheus
