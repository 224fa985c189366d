#include "cli/sendings.h"

#include <filesystem>
#include <system_error>

#include "cli/failure.h"
#include "runtime/decision/value_text.h"
#include "runtime/state/state.h"

namespace dpol::cli {
namespace {

std::string path_of(const SignOffOptions& options) {
  return options.state.empty() ? kDefaultState : options.state;
}

}  // namespace

std::optional<std::vector<program::Sending>> sendings_of(const SignOffOptions& options,
                                                         const decision::Release& release) {
  const std::string path = path_of(options);
  std::error_code error;
  if (!release.unknown.empty()) return std::nullopt;
  if (options.state.empty() && !std::filesystem::exists(path, error)) return std::nullopt;
  const auto fail = [&](const state::Fault& fault) -> Failure {
    return Failure::input(decision::printable(path) + " " + fault.text);
  };
  auto opened = state::State::open(path, state::Open::read);
  if (const auto* fault = std::get_if<state::Fault>(&opened)) throw fail(*fault);
  auto found = std::get<state::State>(opened).sendings(release.service, release.version, release.environment);
  if (const auto* fault = std::get_if<state::Fault>(&found)) throw fail(*fault);
  return std::move(std::get<std::vector<program::Sending>>(found));
}

void keep_sending(const program::Sending& sending, const SignOffOptions& options) {
  const std::string path = path_of(options);
  auto opened = state::State::open(path, state::Open::write);
  if (const auto* fault = std::get_if<state::Fault>(&opened))
    throw Failure::output(decision::printable(path) + " " + fault->text);
  if (const auto fault = std::get<state::State>(opened).record(sending))
    throw Failure::output(decision::printable(path) + " " + fault->text);
}

}  // namespace dpol::cli
