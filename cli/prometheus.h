// MetricServers: whom the sources of metrics of a program ask, and with which secrets.
//
// The address is said by, in this order: --source NAME=URL, --metrics URL, the policy. Secrets come
// from the environment, from variables beside that of the address: PROMETHEUS_URL has
// PROMETHEUS_TOKEN, and so has an address of the command line. An address that is written in a
// policy gets none: where secrets go is said by whoever runs dpol.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/inputs.h"
#include "runtime/inputs/queries.h"
#include "runtime/program/program.h"

namespace dpol::prometheus {
class Client;
}

namespace dpol::cli {

class MetricServers {
 public:
  // Throws a Failure where an option names what is not there. A source without an address is told
  // in a note.
  MetricServers(const program::Program& program, const InputOptions& options, Console& console);
  ~MetricServers();
  MetricServers(const MetricServers&) = delete;
  MetricServers& operator=(const MetricServers&) = delete;

  // Of the sources that have an address: Program::sources.
  std::vector<std::uint32_t> sources() const;
  // The arguments of --metrics that are files, and files that an option gives to a source of
  // metrics.
  const std::vector<std::string>& documents() const { return documents_; }
  inputs::Answer ask(const inputs::Query& query);

 private:
  struct Asked {
    std::string address;
    std::string secrets;  // what the names of their variables begin with; "": there are none
    std::unique_ptr<prometheus::Client> client;
  };
  void find_address(std::uint32_t source, const InputOptions& options, const std::string& for_all);
  prometheus::Client& client_of(Asked& asked) const;
  std::string variable(const std::string& name) const;
  void show(const inputs::Query& query) const;
  // Of a decision that is made again.
  inputs::Answer answer_then(const Asked& asked, const inputs::Query& query) const;

  const program::Program& program_;
  Console& console_;
  bool shows_queries_ = false;
  std::vector<std::string> documents_;
  std::map<std::uint32_t, Asked> asked_;
};

}  // namespace dpol::cli
