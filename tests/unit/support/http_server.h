// A server on the loopback for tests of whoever asks one: a thread that answers one request after
// the other with what a function says, and remembers what was asked.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dpol::testing {

struct Request {
  std::string method, path;                   // path without what is behind "?"
  std::string head;                           // the request line and the headers
  std::map<std::string, std::string> fields;  // of the query string or the form, decoded
};

struct Response {
  int status = 200;
  std::string body = {};
  std::string headers = {};  // more of them, each with "\r\n"
  bool hang = false;         // says nothing until whoever asks has gone
};

class HttpServer {
 public:
  using Handler = std::function<Response(const Request&)>;

  explicit HttpServer(Handler handler) : handler_(std::move(handler)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    ::listen(socket_, 8);
    thread_ = std::thread([this] { serve(); });
  }
  ~HttpServer() {
    stopped_ = true;
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    while (!stopped_) {
      const int peer = ::accept(socket_, nullptr, nullptr);
      if (peer < 0) return;
      answer(peer);
      ::close(peer);
    }
  }

  static std::string read_until(int peer, std::string& text, std::size_t wanted) {
    char bytes[4096];
    while (text.size() < wanted || (wanted == 0 && text.find("\r\n\r\n") == std::string::npos)) {
      const ssize_t got = ::recv(peer, bytes, sizeof bytes, 0);
      if (got <= 0) break;
      text.append(bytes, static_cast<std::size_t>(got));
    }
    return text;
  }

  void answer(int peer) {
    std::string text;
    read_until(peer, text, 0);
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos) return;
    const std::size_t length = text.find("Content-Length: ");
    if (length < end) read_until(peer, text, end + 4 + std::stoul(text.substr(length + 16)));
    Request request;
    request.head = text.substr(0, end);
    const std::size_t method = text.find(' ');
    std::string target = text.substr(method + 1, text.find(' ', method + 1) - method - 1);
    request.method = text.substr(0, method);
    request.path = target.substr(0, target.find('?'));
    const std::string form = target.find('?') == std::string::npos
                                 ? text.substr(end + 4)
                                 : target.substr(target.find('?') + 1);
    read_form(form, request.fields);
    const Response response = handler_(request);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    if (response.hang) {
      char byte = 0;
      while (::recv(peer, &byte, 1, 0) > 0) {
      }
      return;
    }
    const std::string out =
        "HTTP/1.1 " + std::to_string(response.status) + " x\r\n" + response.headers +
        "Connection: close\r\nContent-Length: " + std::to_string(response.body.size()) +
        "\r\n\r\n" + response.body;
    std::size_t sent = 0;
    while (sent < out.size()) {
      const ssize_t now = ::send(peer, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
      if (now <= 0) return;
      sent += static_cast<std::size_t>(now);
    }
  }

  static void read_form(const std::string& form, std::map<std::string, std::string>& fields) {
    std::size_t at = 0;
    while (at < form.size()) {
      const std::size_t end = std::min(form.find('&', at), form.size());
      const std::size_t equals = form.find('=', at);
      fields[form.substr(at, equals - at)] = decoded(form.substr(equals + 1, end - equals - 1));
      at = end + 1;
    }
  }
  static std::string decoded(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '%') {
        out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
        i += 2;
      } else {
        out += text[i];
      }
    }
    return out;
  }

  Handler handler_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<bool> stopped_ = false;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::thread thread_;
};

}  // namespace dpol::testing
