#include "cli/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "cli/evidence.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "runtime/inputs/document.h"
#include "runtime/inputs/redact.h"
#include "runtime/inputs/sign_offs.h"
#include "runtime/program/digest.h"
#include "runtime/state/state.h"

namespace dpol::cli {

namespace {

template <class Kept>
void keep_in_state(const Kept& kept, const std::string& state) {
  const std::string path = state.empty() ? kDefaultState : state;
  const std::string name = inputs::printable(path);
  auto opened = state::State::open(path, state::Open::write);
  if (const auto* fault = std::get_if<state::Fault>(&opened))
    throw Failure::output(name + " " + fault->text);
  if (const auto fault = std::get<state::State>(opened).record(kept))
    throw Failure::output(name + " " + fault->text);
}

void add_kept(const Evidence::KeptState& kept, GivenSignOffs& into) {
  for (program::SignOff sign_off : kept.sign_offs) {
    sign_off.source = kept.name;
    into.sign_offs.push_back(std::move(sign_off));
  }
  into.sendings = kept.sendings;
  into.documents.push_back({kept.name, ""});
}

}  // namespace

void SignOffOptions::describe(CommandLine& line) {
  line.option("--signoffs", "FILE", files, "a document of sign-offs, JSON; may be repeated");
  line.option("--state", "FILE", state,
              std::string("what `dpol confirm` and `dpol baseline` keep; else ") + kDefaultState);
}

GivenSignOffs read_sign_off_files(const program::Program& program, const SignOffOptions& options,
                                  Console& console) {
  GivenSignOffs given;
  std::size_t errors = 0;
  for (const std::string& path : options.files) {
    const std::string name = inputs::printable(inputs::redact(path));
    auto read = read_file(path, inputs::kMaxDocumentBytes, console);
    if (auto* fault = std::get_if<FileFault>(&read)) throw Failure::input(name + " " + fault->text);
    const inputs::InputFile file{path, std::move(std::get<std::string>(read))};
    inputs::SignOffs found = inputs::read_sign_offs(program, file);
    for (const inputs::InputError& error : found.errors)
      console.err << "error: " << error.to_text() << "\n";
    errors += found.errors.size();
    for (program::SignOff& sign_off : found.sign_offs)
      given.sign_offs.push_back(std::move(sign_off));
    given.documents.push_back({name, "sha256:" + program::sha256_hex(file.bytes)});
  }
  if (errors == 0) return given;
  throw Failure::input(fmt::format("{} error{} in the sign-offs: nothing was decided", errors,
                                   errors == 1 ? "" : "s"));
}

void add_from_state(const SignOffOptions& options, const decision::Release& release,
                    GivenSignOffs& into, Console& console) {
  if (console.past != nullptr) {
    if (const auto& then = console.past->evidence().state) add_kept(*then, into);
    return;
  }
  const std::string path = options.state.empty() ? kDefaultState : options.state;
  std::error_code error;
  if (options.state.empty() && !std::filesystem::exists(path, error)) return;
  Evidence::KeptState now{.name = inputs::printable(path), .sign_offs = {}, .sendings = {}, .baselines = {}};
  const std::string& name = now.name;
  const auto fail = [&](const state::Fault& fault) -> Failure {
    return Failure::input(name + " " + fault.text);
  };
  auto opened = state::State::open(path, state::Open::read);
  if (const auto* fault = std::get_if<state::Fault>(&opened)) throw fail(*fault);
  const state::State& kept = std::get<state::State>(opened);
  auto found = kept.sign_offs(release.service, release.version, release.environment);
  if (const auto* fault = std::get_if<state::Fault>(&found)) throw fail(*fault);
  now.sign_offs = std::move(std::get<std::vector<program::SignOff>>(found));
  if (release.unknown.empty()) {
    auto sent = kept.sendings(release.service, release.version, release.environment);
    if (const auto* fault = std::get_if<state::Fault>(&sent)) throw fail(*fault);
    now.sendings = std::move(std::get<std::vector<program::Sending>>(sent));
  }
  add_kept(now, into);
  if (console.evidence != nullptr) console.evidence->state = std::move(now);
}

void check_text(const CommandLine& line, const char* option, const std::string& text,
                std::size_t most) {
  if (text.size() > most) line.fail(fmt::format("{}: at most {} bytes", option, most));
  const bool control = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (control)
    line.fail(fmt::format("{} {}: control characters cannot stand there", option, in_ticks(text)));
}

decision::Release known_release(const program::Program& program, const vm::Snapshot& snapshot) {
  decision::Release release = decision::release_of(program, snapshot);
  if (release.unknown.empty()) return release;
  throw Failure::input(fmt::format(
      "for which release? its {} is not known: --fact {}=VALUE, or a document with --facts FILE",
      release.unknown, release.unknown));
}

std::string for_release(const std::string& service, const std::string& version,
                        const std::string& environment) {
  std::string out;
  for (const std::string* part : {&service, &version, &environment}) {
    if (!part->empty()) out += " " + inputs::printable(*part);
  }
  return " for" + (out.empty() ? " every release" : out);
}

void keep(const program::SignOff& sign_off, const std::string& state) {
  keep_in_state(sign_off, state);
}
void keep(const program::Sending& sending, const std::string& state) {
  keep_in_state(sending, state);
}

}  // namespace dpol::cli
