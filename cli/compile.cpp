#include <fmt/format.h>

#include "cli/app.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/policies.h"
#include "runtime/program/codec.h"

namespace dpol::cli {

int run_compile(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  PolicyOptions options;
  std::string output;
  options.consequence = "nothing was written";
  options.describe(line);
  line.option("-o,--output", "FILE", output, "where to write the program");
  if (!line.parse(arguments, console)) return kExitDone;
  options.check(line);
  if (output.empty()) line.fail("where to? -o FILE is missing");

  const std::vector<std::uint8_t> bytes = program::encode(load_policies(options, console));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (const auto fault = write_file(output, text)) throw Failure::output(in_ticks(output) + " " + fault->text);
  return kExitDone;
}

}  // namespace dpol::cli
